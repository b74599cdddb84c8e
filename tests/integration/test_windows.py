"""The line as Windows would run it: nothing open is renamed or removed, no folder is opened, names are valid there.

The interpreter's own audit events tell what is done to files; what Windows forbids ends the command. `annotator.system`
is told that this is not POSIX. What is not tried here: signals, consoles and paths of a real Windows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPORTED = ROOT / "fixtures/exports"
GUARD = r"""
import os, re, sys, traceback, warnings

from annotator import system

system.POSIX = False
warnings.filterwarnings("error", category=EncodingWarning, module="annotator")
ROOM = os.environ["ROOM"]
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
MISSING = {"fcntl", "grp", "pwd", "resource", "termios"}


def refuse(what, path):
    sys.stderr.write(f"windows: {what}: {path}\n")
    traceback.print_stack(file=sys.stderr)
    sys.stderr.flush()
    os._exit(99)


def caller():
    frame = sys._getframe(2)
    while "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    return frame.f_globals.get("__name__", "").partition(".")[0]


def is_open(path):
    whole = os.path.realpath(path)
    for number in os.listdir("/proc/self/fd"):
        try:
            place = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if place == whole or place.startswith(whole + os.sep):
            return True
    return False


def of_room(path):
    return isinstance(path, (str, os.PathLike)) and os.path.realpath(path).startswith(ROOM)


def guard(event, arguments):
    if event == "import" and arguments[0] in MISSING and caller() == "annotator":
        refuse("no such module", arguments[0])
    if event not in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"):
        return
    if not of_room(arguments[0]) or caller() in ("filelock", "tempfile", "shutil"):
        return
    path = os.fspath(arguments[0])
    if event in ("open", "os.mkdir") and FORBIDDEN.search(os.path.basename(os.path.abspath(path))):
        refuse("no name on Windows", path)
    if event == "open" and arguments[1] is None and os.path.isdir(path):
        refuse("a folder is opened", path)
    if event != "open" and event != "os.mkdir" and is_open(path):
        refuse(f"{event} of what is open", path)
    if event == "os.rename" and (os.path.isdir(arguments[1]) or is_open(arguments[1])):
        refuse("a rename onto a folder or what is open", arguments[1])


sys.addaudithook(guard)
from annotator.cli import main

main(sys.argv[1:])
"""


def annotator(folder: Path, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    (folder / "temporary").mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "ROOM": os.path.realpath(folder),
        "TMPDIR": str(folder / "temporary"),
        "ANNOTATOR_DATA_DIR": str(folder / "data"),
        "XDG_DATA_HOME": str(folder / "share"),
        "PYTHONIOENCODING": "cp1252",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-X", "warn_default_encoding", "-c", GUARD, *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, input=stdin.encode(), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran


@pytest.mark.parametrize("out", ["run", "tasks.jsonl", "tasks.json"])
def test_articles_are_prepared_twice(tmp_path: Path, out: str) -> None:
    article = ROOT / "fixtures/articles/ferry.en.txt"
    failures = () if out == "run" else ("--failures", "failures.jsonl")
    annotator(tmp_path, "prepare", article, "--translator", "none", "--out", out, *failures)
    annotator(tmp_path, "prepare", article, "--translator", "none", "--out", out, *failures)
    if out == "run":
        annotator(tmp_path, "status", out, "--verify")


def test_a_pipe_gets_utf8(tmp_path: Path) -> None:
    ran = annotator(
        tmp_path, "prepare", "-", "--translator", "none", "--out", "-", stdin="Le prix est de 2 €. Voilà → fin.\n"
    )
    assert "→" in "".join(json.loads(line)["data"]["source_text"] for line in ran.stdout.decode().splitlines())


def test_a_dataset_is_made_replaced_and_shown(tmp_path: Path) -> None:
    answers = ROOT / "fixtures/versions/2/annotations.jsonl"
    annotator(tmp_path, "export", answers, "--out", "dataset", "--format", "all")
    annotator(tmp_path, "export", answers, "--out", "dataset")
    annotator(tmp_path, "report", "dataset")


def test_a_model_is_added_replaced_and_removed(tmp_path: Path) -> None:
    model = ROOT / "fixtures/models/translate-fr_en-0_1.argosmodel"
    annotator(tmp_path, "models", "add", model)
    annotator(tmp_path, "models", "add", model)
    annotator(tmp_path, "models", "remove", "fr", "en")


def test_settings_are_looked_over(tmp_path: Path) -> None:
    annotator(tmp_path, "schema", "--dir", "schemas")
    annotator(tmp_path, "models", "list")
