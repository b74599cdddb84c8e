"""`annotator serve`: a local Label Studio."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, give
from annotator.cli.console import say
from annotator.cli.fetching import Offline, fetch_model


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Port.", show_default="that of the last time, else 8080 or the next free one"
        ),
    ] = None,
    data_dir: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="Folder for the server's data and its login.", show_default="that of the settings"
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    reset: Annotated[
        bool, typer.Option("--reset", help="Move the existing data aside and start with an empty server.")
    ] = False,
    install: Annotated[
        bool, typer.Option("--install", help="Build the environment of Label Studio itself, and stop.")
    ] = False,
    offline: Offline = False,
) -> Answer[shapes.Serving] | Answer[shapes.ServerInstalled]:
    """Run a local Label Studio until you press Ctrl-C. With --json it prints its object as soon as it is ready."""
    import shlex
    import sys

    from annotator import settings
    from annotator.labelstudio import credentials, installation, server

    loaded = settings.load({"data_dir": data_dir, "offline": offline or None})
    if install:
        program = installation.install(loaded.own_data_dir, say=say)
        fetch_model(loaded)
        return Answer(shapes.ServerInstalled(program=str(program), version=installation.version(program)))
    paths = server.ServerPaths(
        loaded.data_dir, database_url=loaded.database_url.get_secret_value(), public_url=loaded.public_url
    )
    program = installation.program(loaded.own_data_dir)
    if reset and (backup := server.reset(paths)):
        say(f"the old data is in {backup}")
    say("starting Label Studio")
    ready: Answer[shapes.Serving] | None = None
    with server.stoppable(), server.running(paths, port=port, host=host, say=say, program=program) as running:
        login = running.credentials
        ready = Answer(
            {"url": login.url, "login": login.login, "password": login.password, "data_dir": str(paths.data_dir)}
        )
        password = login.password if sys.stderr.isatty() else f"in {paths.data_dir / credentials.FILE_NAME}"
        say(f"{paths.public_url or login.url}  login {login.login}  password {password}")
        say(f"push and pull find the key in {paths.data_dir / credentials.FILE_NAME}; the log is {paths.log}")
        if data_dir:
            folder = shlex.quote(str(paths.data_dir.resolve()))
            say(f"tell the other commands where it is: export ANNOTATOR_DATA_DIR={folder}")
        say("press Ctrl-C to stop the server")
        give(ready.value)
        running.wait()
    say("stopped")
    if ready is None:
        raise KeyboardInterrupt  # it came before the server was ready
    return ready
