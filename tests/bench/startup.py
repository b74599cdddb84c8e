"""What a user waits for at the start, against the same without us, in turn, the best of several.

CPU seconds of `annotator --help` against Python with Typer alone, and of the first translation of a cold process
against bare CTranslate2; seconds until `annotator serve` is ready against Label Studio's own command.
`python tests/bench/startup.py` prints the table and leaves with 1 when one takes more times as long than it may.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx

from annotator.labelstudio import installation, server
from annotator.translation import installer
from annotator.translation.packages import installed_packages

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
TEMPLATE = ROOT / "build" / f"label-studio-{installation.version(installation.program())}"
BIN = Path(sys.executable).parent
MOST = {"annotator --help": 2.2, "first translation": 3.5, "annotator serve": 1.3}
TURNS = 5

FIRST = """
import sys
from pathlib import Path
from annotator.translation import make_translator
translator = make_translator("argos", packages_dir=Path(sys.argv[1]))
translator.translate(["La séance est levée."], source="fr", target="en")
"""
BARE = """
import sys
import ctranslate2, sentencepiece
tokenizer = sentencepiece.SentencePieceProcessor(model_file=sys.argv[1] + "/sentencepiece.model")
network = ctranslate2.Translator(sys.argv[1] + "/model", device="cpu", inter_threads=1, intra_threads=2)
tokens = tokenizer.encode("La séance est levée.", out_type=str)
tokenizer.decode(network.translate_batch([tokens], beam_size=4)[0].hypotheses[0])
"""

Ways = tuple[Callable[[], float], Callable[[], float]]


def cpu_seconds(*command: str | Path) -> float:
    """Run the command once; return the user and system time of its process."""
    process = subprocess.Popen([*command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime


def new_server_paths(folder: Path) -> server.ServerPaths:
    """Return a data folder whose server has been started before: a copy of the tests' template where there is one."""
    if (TEMPLATE / "complete").exists():
        shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("*.log", "*.lock", "*.pid"))
    else:
        with server.running(server.ServerPaths(folder), port=free_port(), say=print):
            pass
    return server.ServerPaths(folder)


def free_port() -> int:
    """Return a port of the loopback address that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def our_server(paths: server.ServerPaths) -> float:
    """Return the seconds until `annotator serve` says that the server is ready."""
    command = [str(BIN / "annotator"), "serve", "--json", "--data-dir", str(paths.data_dir), "--port", str(free_port())]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    assert process.stdout.readline()
    took = time.perf_counter() - started
    process.terminate()
    process.communicate()
    return took


def bare_server(paths: server.ServerPaths) -> float:
    """Return the seconds until Label Studio answers when it is started by its own command."""
    port = free_port()
    program = str(installation.program())
    command = [program, "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "LABEL_STUDIO_BASE_DATA_DIR": str(paths.folder), "LATEST_VERSION_CHECK": "false"}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        while not healthy(http):
            time.sleep(0.1)
    took = time.perf_counter() - started
    process.kill()
    process.wait()
    return took


def healthy(http: httpx.Client) -> bool:
    """Tell whether the server answers."""
    try:
        return http.get("/health").is_success
    except httpx.HTTPError:
        return False


def measures(folder: Path) -> dict[str, Ways]:
    """Return what is measured: ours, and the same without us."""
    installer.add(FIXTURE, packages_dir=folder / "packages")
    (package,) = installed_packages(folder / "packages")
    paths = new_server_paths(folder / "server")
    python = sys.executable
    return {
        "annotator --help": (
            partial(cpu_seconds, BIN / "annotator", "--help"),
            partial(cpu_seconds, python, "-c", "import typer"),
        ),
        "first translation": (
            partial(cpu_seconds, python, "-c", FIRST, folder / "packages"),
            partial(cpu_seconds, python, "-c", BARE, package.folder),
        ),
        "annotator serve": (partial(our_server, paths), partial(bare_server, paths)),
    }


def main() -> int:
    """Print the table and return 1 when one takes too long."""
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        for what, ways in measures(Path(name)).items():
            ours, bare = (min(turns) for turns in zip(*([way() for way in ways] for _ in range(TURNS)), strict=True))
            print(f"{what:<20} {ours:6.2f} s, {bare:6.2f} s without us: {ours / bare:.2f} (at most {MOST[what]})")
            missed |= ours / bare > MOST[what]
    return missed


if __name__ == "__main__":
    sys.exit(main())
