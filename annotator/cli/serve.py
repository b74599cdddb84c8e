"""`annotator serve`: a local Label Studio."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli.console import say


def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 8080, or the next free one.")] = None,
    data_dir: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where the server keeps its data and its login.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    reset: Annotated[bool, typer.Option("--reset", help="Move the data aside and begin anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print address and login as JSON once it is ready.")] = False,
) -> None:
    """Run a local Label Studio until Ctrl-C."""
    import json

    from annotator import settings
    from annotator.labelstudio import credentials, server

    paths = server.ServerPaths(settings.load({"data_dir": data_dir}).data_dir)
    if reset and (aside := server.reset(paths)):
        say(f"the old data is in {aside}")
    say("starting Label Studio")
    with server.stoppable(), server.running(paths, port=port, host=host, say=say) as running:
        found = running.credentials
        say(f"{found.url}  login {found.login}  password {found.password}")
        say(f"key for push and pull in {paths.data_dir / credentials.FILE_NAME}, log in {paths.log}; Ctrl-C stops it")
        if as_json:
            typer.echo(json.dumps({"url": found.url, "login": found.login, "password": found.password}))
        running.wait()
    say("stopped")
