"""`annotator annotators`: logins for the people who label, and the number that stands for each of them."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from annotator.cli.console import printable, say
from annotator.errors import ExitCode

app = typer.Typer(rich_markup_mode=None, help="Logins for the people who label.", no_args_is_help=True)


@app.callback()
def annotators() -> None:
    """Logins for the people who label."""


@app.command()
def add(
    names: Annotated[
        list[str], typer.Argument(help="A short name or an e-mail address for each login.", metavar="NAME...")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per login.")] = False,
) -> None:
    """Create a login for each name that has none, and print its password, which is not stored anywhere."""
    import json

    from annotator import settings
    from annotator.labelstudio import people
    from annotator.labelstudio.client import connect

    people.check(names)
    taken = []
    with closing(connect(settings.load({}))) as client:
        for name in dict.fromkeys(names):
            try:
                login = people.add(client, name)
            except people.TakenError as error:
                taken.append(name)
                say(f"not created: {error.message} ({error.hint})")
            else:
                row = {"url": login.url, "login": login.login, "password": login.password}
                typer.echo(json.dumps(row) if as_json else printable("\t".join(row.values())))
    if taken:
        raise typer.Exit(ExitCode.PARTIAL)


@app.command("list")
def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per login.")] = False,
) -> None:
    """Print each login with the number that stands for it in pulled annotations."""
    import json

    from annotator import settings
    from annotator.labelstudio.client import connect

    with closing(connect(settings.load({}))) as client:
        for number, login in sorted(client.people().items()):
            row = {"annotator": str(number), "login": login}
            typer.echo(json.dumps(row) if as_json else printable("\t".join(row.values())))
