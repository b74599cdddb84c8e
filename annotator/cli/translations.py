"""`annotator translations`: what is still to be translated goes out as a file, and comes back as a memory."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, Literal

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, is_for_script, partial_if
from annotator.cli.console import say, say_counts, show
from annotator.cli.out_names import translation_file
from annotator.cli.registration import add_command

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Give texts to a translator, and check what returns."
)


def export(
    run: Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")],
    out: Annotated[str, typer.Option(help="FILE.csv, FILE.tmx, or - for stdout.", callback=translation_file)],
    form: Annotated[
        Literal["csv", "tmx"] | None, typer.Option("--format", help="Form on stdout.", show_default="csv")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All texts, also those with a good translation.")] = False,
) -> Answer[shapes.TranslationsExported]:
    """Write the texts that have no translation or a doubtful one, for somebody to translate."""
    from annotator.errors import UsageError
    from annotator.output import is_stdout
    from annotator.preparation import rerun, translation_list
    from annotator.preparation.run_status import read_info

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
        say(f"to use what is filled in: {rerun.command(read_info(run / 'run.json'), run, out)}")
    counts = {"texts": written, "left_out": left_out}
    say_counts(counts)
    return Answer.of(counts, shapes.TranslationsExported, partial_if(left_out))


def check(
    files: Annotated[list[Path], typer.Argument(help="TMX, CSV or JSONL.", metavar="FILE...")],
) -> Answer[shapes.TranslationsChecked]:
    """Read translation memories, and list every line of them that cannot be used."""
    from annotator import settings
    from annotator.assemble import open_memories

    usable = problems = 0
    for memory in open_memories(settings.load({"memory": files})):
        with closing(memory):
            usable += sum(memory.counts().values())
            problems += memory.problem_count()
            for problem in memory.problems():
                (say if is_for_script() else show)(problem)
    counts = {"translations": usable, "not_used": problems}
    say_counts(counts)
    return Answer.of(counts, shapes.TranslationsChecked, partial_if(problems))


add_command(app, export, example="annotator translations export run --out to-translate.csv")
add_command(app, check, example="annotator translations check to-translate.csv")
