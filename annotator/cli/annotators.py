"""`annotator annotators`: logins for the people who label, and the number that stands for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, is_for_script, partial_if
from annotator.cli.console import say, show
from annotator.cli.registration import add_command

if TYPE_CHECKING:
    from annotator.labelstudio.client import Client

_SHOWN_PROJECTS = 5

app = typer.Typer(rich_markup_mode=None, help="Logins for the people who label.", no_args_is_help=True)


@app.callback()
def annotators() -> None:
    """Logins for the people who label."""


def add(
    names: Annotated[
        list[str], typer.Argument(help="A short name or an e-mail address for each login.", metavar="NAME...")
    ],
) -> Answer[shapes.LoginsAdded]:
    """Create a login for each name that has none, and print its password, which is not stored anywhere."""
    from annotator import settings
    from annotator.labelstudio import people
    from annotator.labelstudio.client import connect

    people.check(names)
    made: list[shapes.Login] = []
    taken: list[shapes.NotCreated] = []
    with closing(connect(settings.load({}))) as client, _kept_where_it_breaks_off(made):
        for name in dict.fromkeys(names):
            try:
                login = people.add(client, name)
            except people.TakenError as error:
                taken.append({"name": name, "message": error.message, "hint": error.hint})
                say(f"not created: {error.message} ({error.hint})")
            else:
                made.append({"url": login.url, "login": login.login, "password": login.password})
                show(_line(made[-1]))
        if made:
            _say_where_to_label(client)
    return Answer({"logins": made, "not_created": taken}, partial_if(taken))


def _say_where_to_label(client: Client) -> None:
    """The address that opens the next unit: a project's own shows its table, whose rows others may have answered."""
    from annotator.labelstudio.client import labelling_address

    for number, title in list(client.titles().items())[:_SHOWN_PROJECTS]:
        say(f"{title}: label at {labelling_address(client.url, number)}")


@contextmanager
def _kept_where_it_breaks_off(made: Sequence[shapes.Login]) -> Iterator[None]:
    """The passwords stand nowhere else, and a script then gets the error instead of them."""
    try:
        yield
    except BaseException:
        for login in made if is_for_script() else ():
            say(_line(login))
        raise


def list_all() -> Answer[shapes.LoginsListed]:
    """Print each login with the number that stands for it in pulled annotations."""
    from annotator import settings
    from annotator.labelstudio.client import connect

    with closing(connect(settings.load({}))) as client:
        people = sorted(client.people().items())
    logins: list[shapes.Person] = [{"annotator": str(number), "login": login} for number, login in people]
    for person in logins:
        show(_line(person))
    return Answer({"logins": logins})


def reset_password(
    name: Annotated[str, typer.Argument(help="The short name or the e-mail address of a login.", metavar="NAME")],
) -> Answer[shapes.PasswordReset]:
    """Give somebody who forgot it a new password, and print it. It is not stored anywhere, and works at once."""
    from annotator import settings
    from annotator.labelstudio import installation, people
    from annotator.labelstudio.client import connect

    people.check([name])
    loaded = settings.load({})
    with closing(connect(loaded)) as client:
        login = people.reset_password(client, name, loaded, installation.program(loaded.own_data_dir))
    answer: shapes.PasswordReset = {"url": login.url, "login": login.login, "password": login.password}
    show(_line(answer))
    return Answer(answer)


def remove(
    names: Annotated[
        list[str], typer.Argument(help="The short name or the e-mail address of each login.", metavar="NAME...")
    ],
) -> Answer[shapes.LoginsRemoved]:
    """Let somebody in no more. What they have answered stays, under their number."""
    from annotator import settings
    from annotator.errors import UsageError
    from annotator.labelstudio import people
    from annotator.labelstudio.client import connect

    people.check(names)
    removed: list[str] = []
    kept: list[shapes.NotRemoved] = []
    with closing(connect(settings.load({}))) as client:
        for name in dict.fromkeys(names):
            try:
                removed.append(people.remove(client, name))
            except UsageError as error:
                kept.append({"name": name, "message": error.message, "hint": error.hint})
                say(f"not removed: {error.message} ({error.hint})")
            else:
                show(removed[-1])
    return Answer({"removed": removed, "not_removed": kept}, partial_if(kept))


def _line(row: Mapping[str, object]) -> str:
    return "\t".join(map(str, row.values()))


add_command(app, add, example="annotator annotators add maria tom@example.org")
add_command(app, list_all, name="list", example="annotator annotators list")
add_command(app, reset_password, name="reset-password", example="annotator annotators reset-password maria")
add_command(app, remove, example="annotator annotators remove maria")
