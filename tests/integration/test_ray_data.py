"""The example of Ray Data in docs/bulk.md, with a cluster of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import ray_cluster
from pages import ROOT, examples

_BEFORE = "import ray\nray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)\n"


@pytest.mark.proof
def test_the_example_of_ray_data_runs(tmp_path: Path) -> None:
    (example,) = [
        one for one in examples(ROOT / "docs/bulk.md") if one.language == "python" and "import ray" in one.text
    ]
    ran = subprocess.run(
        [sys.executable, "-c", _BEFORE + example.text],
        cwd=tmp_path,
        env=os.environ | ray_cluster.ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "12 6"
