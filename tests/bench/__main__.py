"""Run every measurement of this folder, each in a process of its own, and leave with 1 when one misses a floor.

`python tests/bench` runs all, `python tests/bench reading` those named.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the named measurements, or all of them."""
    found = [path for path in sorted(FOLDER.glob("*.py")) if path.name != "__main__.py"]
    missed = []
    for path in found:
        if not names or path.stem in names:
            print(f"== {path.stem}", flush=True)
            if subprocess.run([sys.executable, str(path)], check=False).returncode:
                missed.append(path.stem)
    if missed:
        print(f"missed a floor or failed: {', '.join(missed)}", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
