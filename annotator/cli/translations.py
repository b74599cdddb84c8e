"""`annotator translations`: what is still to be translated goes out as a file, and comes back as a memory."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

import typer

from annotator.cli.console import finish, say, show
from annotator.cli.out_names import translation_file

Json = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Give texts to a translator, and check what returns."
)


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")],
    out: Annotated[str, typer.Option(help="FILE.csv, FILE.tmx, or - for stdout.", callback=translation_file)],
    form: Annotated[
        Literal["csv", "tmx"] | None, typer.Option("--format", help="Form on stdout.", show_default="csv")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All texts, also those with a good translation.")] = False,
    as_json: Json = False,
) -> None:
    """Write the texts that have no translation or a doubtful one, for somebody to translate."""
    from annotator.errors import UsageError
    from annotator.output import is_stdout
    from annotator.preparation import translation_list

    ending = Path(out).suffix.lower().removeprefix(".")
    if form and ending in translation_list.FORMATS and form != ending:
        raise UsageError(
            f"--out {out}: not a name for --format {form}", hint=f"--out {Path(out).with_suffix('.' + form)}"
        )
    chosen = form or (ending if ending in translation_list.FORMATS else "csv")
    written, left_out = translation_list.export(run, out, chosen, everything=everything)
    if left_out:
        say(f"left out: {left_out} texts with a control character, which XML cannot hold; --format csv can")
    if not is_stdout(out):
        say(f"to use what is filled in: annotator prepare INPUT --out {run} --memory {out}")
    counts = {"texts": written, "left_out": left_out}
    finish(counts, as_json=as_json, to_stderr=is_stdout(out), partial=left_out > 0)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="TMX, CSV or JSONL.", metavar="FILE...")],
    as_json: Json = False,
) -> None:
    """Read translation memories, and list every line of them that cannot be used."""
    from annotator import settings
    from annotator.assemble import open_memories

    usable = problems = 0
    for memory in open_memories(settings.load({"memory": files})):
        with closing(memory):
            usable += sum(memory.counts().values())
            problems += memory.problem_count()
            for problem in memory.problems():
                (say if as_json else show)(problem)
    finish({"translations": usable, "not_used": problems}, as_json=as_json, partial=problems > 0)
