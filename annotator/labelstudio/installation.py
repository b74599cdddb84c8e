"""The program `label-studio`: where it is, and an environment of its own for it.

Label Studio pins versions that other packages cannot live with (pytz 2022), so it is never installed beside us. It is
looked for in the folder of our Python (where `make setup` puts a link), in `DATA_DIR/label-studio-env`, which
`annotator serve --install` builds, and on the path.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

from annotator import environments, system
from annotator.errors import AnnotatorError, UsageError
from annotator.scratch import scratch_folder
from annotator.settings import child_environment

Say = environments.Say

PROGRAM = "label-studio"
INSTALL = "annotator serve --install"
_FOLDER = "label-studio-env"
_LIST = "server-requirements.txt"

# An environment is built under another name than it gets, so its program must not name its own folder.
_LAUNCHER = """\
#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")/python" -P "$(realpath -- "$0")" "$@"
' '''
import sys
from label_studio.server import main
sys.exit(main())
"""
# `label-studio --version` goes on to start a server on all addresses; this loads all of it and starts none.
_CHECK = "from label_studio import __version__, server; server._setup_env(); print(__version__)"


def find(data_dir: Path | None = None) -> Path | None:
    """Return the program, or None. `data_dir` is the one that no file of a stranger's chose: it is run."""
    beside = system.find_program(PROGRAM, Path(sys.executable).parent)
    own = system.programs_of(data_dir / _FOLDER) / PROGRAM if data_dir else None
    return beside or (own if own and own.is_file() else system.find_program(PROGRAM))


def command(path: Path) -> list[str]:
    """Return how the program is started. Windows does not obey the first line of a script, which names its Python."""
    is_script = not system.POSIX and path.suffix.lower() != ".exe"
    return [str(path.with_name("python.exe")), "-P", str(path)] if is_script else [str(path)]


def program(data_dir: Path | None = None) -> Path:
    """Return the program.

    Raises:
        UsageError: it is nowhere.
    """
    if found := find(data_dir):
        return found
    raise UsageError("the Label Studio server is not installed here", hint=INSTALL)


def version(path: Path) -> str:
    """Return the version of the program, from its environment: to start it takes seconds. Empty if it is not known."""
    packages = path.resolve().parent.parent.glob("[Ll]ib/**/site-packages/label_studio-*.dist-info")
    return next((folder.name.removeprefix("label_studio-").removesuffix(".dist-info") for folder in packages), "")


def install(data_dir: Path, *, say: Say) -> Path:
    """Build the environment in `data_dir`, unless it stands there; return its program.

    It is built aside and renamed at the end: one that is cut short is never used.

    Raises:
        AnnotatorError: a package cannot be fetched, or the program does not start.
    """
    folder = data_dir / _FOLDER
    place = system.programs_of(folder) / PROGRAM
    with as_file(files("annotator.labelstudio") / _LIST) as wanted:
        if _stands(folder, wanted):
            say(f"Label Studio {version(place)} is installed in {folder}: nothing to do")
            return place
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            with scratch_folder(data_dir) as new, scratch_folder(data_dir) as old:
                _build(new / _FOLDER, wanted, say=say)
                if folder.exists():
                    folder.rename(old / _FOLDER)
                (new / _FOLDER).rename(folder)
        except OSError as error:
            raise UsageError(f"{data_dir}: {error.strerror}", hint="choose a folder with --data-dir") from error
    say(f"Label Studio {version(place)} is installed in {folder}")
    return place


def _stands(folder: Path, wanted: Path) -> bool:
    """Tell whether the environment is there, was built from this list, and starts: its Python may be gone."""
    built_from = folder / _LIST
    return built_from.is_file() and built_from.read_bytes() == wanted.read_bytes() and not _fault(folder)


def _build(folder: Path, wanted: Path, *, say: Say) -> None:
    environments.build(folder, say=say)
    environments.fill(folder, wanted, say=say)
    place = system.programs_of(folder) / PROGRAM
    place.write_text(_LAUNCHER, encoding="utf-8", newline="\n")
    place.with_suffix(".exe").unlink(missing_ok=True)  # which names the folder that it was built in
    say("trying whether it starts")
    if fault := _fault(folder):
        raise AnnotatorError(f"Label Studio was installed and does not start: {fault}", hint="try another Python")
    shutil.copyfile(wanted, folder / _LIST)


def _fault(folder: Path) -> str:
    """Load the whole server in a data folder that is thrown away; return what it ends with, empty if all is well."""
    with scratch_folder(folder) as data:
        variables = {"LABEL_STUDIO_BASE_DATA_DIR": str(data), "LATEST_VERSION_CHECK": "false", "SENTRY_DSN": ""}
        try:
            ran = subprocess.run(
                [str(system.python_of(folder)), "-P", "-c", _CHECK],
                env=child_environment(variables | {"COLLECT_ANALYTICS": "false", "FRONTEND_SENTRY_DSN": ""}),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except OSError as error:
            return str(error)
    if ran.returncode == 0 and re.search(r"(?m)^\d+\.\d+", ran.stdout):
        return ""
    return next((line for line in reversed(ran.stderr.splitlines()) if line.strip()), f"it ended ({ran.returncode})")
