"""Python environments that are filled from a list of exact versions with hashes: by uv where it is there, else by pip.

`make setup` runs this file before anything is installed: it needs nothing but Python.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotator.errors import AnnotatorError
from annotator.system import POSIX, find_program, python_of

Say = Callable[[str], None]

_OURS = "factcheck-annotator"
_REPORT_EVERY = 20
_TRUE = {"1", "true", "yes", "on"}
_UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
"""uv reads none of pip's configuration: where a company's own index stands in it, uv would ask the public one."""


def fill(folder: Path, packages: Path, *, say: Say) -> None:
    """Install what the file `packages` lists into the environment in `folder`.

    What was downloaded stays in the cache of uv or pip: one that was interrupted goes on where it was.

    Raises:
        AnnotatorError: a package cannot be fetched or does not fit.
    """
    python = python_of(folder)
    total = sum("==" in line for line in packages.read_text(encoding="utf-8").splitlines())
    exact = ("--no-deps", "--require-hashes", "-r", str(packages))
    if uv := find_uv():
        say(f"uv fetches and installs {total} packages")
        # Any index will do: the hashes say which file is meant. uv alone would stop at the first that has the name.
        command = [uv, "pip", "install", "--python", str(python), "--index-strategy", "unsafe-best-match", *exact]
        config = _pip_config()
        _run(command + no_index(config), _spoken_by_uv, say, pip_as_uv(config))
    else:
        say(f"pip fetches and installs {total} packages")
        quiet = ("--disable-pip-version-check", "--progress-bar", "off")
        _run([str(python), "-m", "pip", "install", *quiet, *exact], lambda lines: _spoken_by_pip(lines, total), say, {})


def build(folder: Path, *, say: Say) -> None:
    """Make an empty environment with the Python that runs this.

    Raises:
        AnnotatorError: this Python cannot make one.
    """
    without_pip = ["--without-pip"] if find_uv() else []
    _run([sys.executable, "-m", "venv", *without_pip, str(folder)], lambda lines: lines, say, {})


def install_command(extra: str = "") -> str:
    """Return the command that installs this program again, with an extra, from where it came.

    From a checkout, a file or an address; only what came from an index is asked of one by its name.
    """
    checkout = Path(__file__).parents[1]
    if (checkout / "Makefile").is_file() and Path(sys.prefix) == checkout / ".venv":
        return "make setup" if Path.cwd() == checkout else f"make -C {quoted(str(checkout))} setup"
    try:
        origin = json.loads(metadata.distribution(_OURS).read_text("direct_url.json") or "{}")
    except metadata.PackageNotFoundError:
        origin = {}
    return f"{pip_command('install')} {quoted(requirement(extra, origin))}"


def requirement(extra: str, origin: dict[str, Any]) -> str:
    """What to ask pip for, from what it noted of the origin (https://packaging.python.org/specifications/direct-url)."""
    name, place = f"{_OURS}[{extra}]" if extra else _OURS, origin.get("url", "")
    if version := origin.get("vcs_info"):
        place = f"{version['vcs']}+{place}@{version['commit_id']}"
    return f"{name} @ {place}" if place else name


def pip_command(action: str) -> str:
    """Return how this environment's own pip is called: by its bare name only where a shell finds that one."""
    if _is_beside(find_program("pip")):
        return f"pip {action}"
    python = quoted(sys.executable)
    return f"{python} -m pip {action}" if find_spec("pip") else f"uv pip {action} --python {python}"


def program() -> str:
    """Return how this program is called where it is: by its bare name only where a shell finds it."""
    if _is_beside(find_program("annotator")):
        return "annotator"
    path = Path(sys.executable).with_name("annotator")
    return quoted(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def system_packages_command(packages: str) -> str:
    """Return the command that installs packages of Debian and its like; empty on another system."""
    return f"apt install {packages}" if find_program("apt") else ""


def quoted(word: str) -> str:
    """Return a word as a shell of this system takes it."""
    return shlex.quote(word) if POSIX else subprocess.list2cmdline([word])


def _is_beside(program: Path | None) -> bool:
    return program is not None and program.parent == Path(sys.executable).parent


def find_uv() -> str | None:
    """Return the program uv: beside this Python, or on the path."""
    found = find_program("uv", Path(sys.executable).parent) or find_program("uv")
    return str(found) if found else None


def pip_as_uv(config: str) -> dict[str, str]:
    """Return what `pip config list` prints as variables of uv, without folders that are not there: uv ends at one."""
    settings = {name: list(filter(_is_there, words)) for name, words in _settings(config).items()}
    return {
        variable: ("," if name == "find-links" else " ").join(settings[name])
        for name, variable in _UV_VARIABLES.items()
        if settings.get(name)
    }


def no_index(config: str) -> list[str]:
    """Return the option of uv for a pip that shall ask no index; uv has no variable for it."""
    return ["--no-index"] if _settings(config).get("no-index", ["0"])[0].lower() in _TRUE else []


def _settings(config: str) -> dict[str, list[str]]:
    """The section of the environment beats the others, and that of the command the global one."""
    ranks = ("global", "install", ":env:")
    found = [match for match in re.findall(r"(?m)^(\S+?)\.([a-z-]+)=(.+)$", config) if match[0] in ranks]
    found.sort(key=lambda match: ranks.index(match[0]))
    return {name: words for _, name, value in found if (words := str(literal_eval(value)).split())}


def _is_there(word: str) -> bool:
    if word.startswith("file://"):
        return Path(word.removeprefix("file://")).exists()
    return not word.startswith("/") or Path(word).exists()


def _pip_config() -> str:
    command = [sys.executable, "-m", "pip", "config", "list"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False).stdout


def _run(
    command: list[str], spoken: Callable[[Iterable[str]], Iterable[str]], say: Say, variables: dict[str, str]
) -> None:
    """Run the command and say on the way what `spoken` makes of its lines."""
    with subprocess.Popen(
        command,
        env=variables | dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in spoken(line.rstrip() for line in process.stdout or ()):
            say(line)
    if process.returncode:
        message = f"{' '.join(command[:3])} ended ({process.returncode}); what it said stands above"
        raise AnnotatorError(message, hint="run the same command again: what was downloaded is kept")


def _spoken_by_uv(lines: Iterable[str]) -> Iterator[str]:
    """All but the list of what was installed."""
    return (line for line in lines if not line.startswith((" + ", " - ", " ~ ", "Using Python")))


def _spoken_by_pip(lines: Iterable[str], total: int) -> Iterator[str]:
    collected = 0
    for line in lines:
        if line.startswith("Collecting "):
            collected += 1
            if not collected % _REPORT_EVERY:
                yield f"{collected} of {total} packages are there"
        elif line.startswith(("Installing collected", "ERROR")):
            yield "installing them" if line.startswith("Installing") else line


def main() -> int:
    """Fill the environment that runs this from the list that is named."""
    try:
        fill(Path(sys.prefix), Path(sys.argv[1]), say=lambda line: print(line, file=sys.stderr))  # noqa: T201
    except AnnotatorError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)  # noqa: T201
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
