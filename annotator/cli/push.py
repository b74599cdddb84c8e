"""`annotator push`: tasks into Label Studio."""

from __future__ import annotations

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import say, say_counts, show_failures
from annotator.cli.interface_language import InterfaceLanguage

_GOLD_HINT = "--gold FILE names them"
_WOULD = {"sent": "would_send", "replaced": "would_replace", "removed": "would_remove"}

if TYPE_CHECKING:
    from annotator.labelstudio.sampling import SampleOptions


class Order(StrEnum):
    """The order in which people see the units."""

    READING = "reading"
    UNCERTAIN = "uncertain"


def _sample(number: int | None, seed: int | None, by: str, *, whole_articles: bool) -> SampleOptions | None:
    from annotator.errors import UsageError
    from annotator.labelstudio.sampling import SampleOptions

    if number is None:
        flags = {"--seed": seed is not None, "--by": by, "--whole-articles": whole_articles}
        if alone := next((flag for flag, given in flags.items() if given), ""):
            raise UsageError(f"{alone} says how to draw, and there is no --sample", hint="--sample N draws N units")
        return None
    fields = tuple(name.strip() for name in by.split(",") if name.strip())
    return SampleOptions(number, seed=1 if seed is None else seed, by=fields, whole_articles=whole_articles)


def push(
    source: Annotated[str, typer.Argument(help="A run folder, a file of tasks, or - for standard input.")],
    project: Annotated[
        str, typer.Option(help="Title (3 to 50 characters) or id of the project. A new title creates one.")
    ],
    overlap: Annotated[
        int | None, typer.Option(min=1, help="How many people label each unit.", show_default="1 in a new project")
    ] = None,
    blind: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the units that are shown without a suggestion.")
    ] = 0,
    order: Annotated[
        Order, typer.Option(help="Show units in reading order, or the most uncertain suggestions first.")
    ] = Order.READING,
    preselect: Annotated[bool, typer.Option("--preselect", help="Select the suggested label beforehand.")] = False,
    interface: InterfaceLanguage = None,
    update_form: Annotated[bool, typer.Option("--update-form", help="Replace the project's labelling form.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete unanswered tasks whose units are no longer in the articles.")
    ] = False,
    update: Annotated[
        bool,
        typer.Option("--update", help="Replace unanswered tasks whose text, translation or suggestion has changed."),
    ] = False,
    where: Annotated[
        str,
        typer.Option(
            help="Send only units that fulfil this, for example: "
            """'source_lang == "es" and suggested_label in ["sourced", "opinion"]'."""
        ),
    ] = "",
    sample: Annotated[int | None, typer.Option(help="Send only so many units, drawn by chance.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed draws another sample.", show_default="1")] = None,
    by: Annotated[
        str, typer.Option(help="Draw equally many for each value of these fields, for example: source_lang,site.")
    ] = "",
    whole_articles: Annotated[
        bool, typer.Option("--whole-articles", help="Draw so many articles, and send all of their units.")
    ] = False,
    gold: Annotated[
        Path | None,
        typer.Option(help="Units whose answer is known, to be mixed in: JSON lines, or a dataset with ground truth."),
    ] = None,
    gold_share: Annotated[
        float | None, typer.Option(help="Which share of all units the known ones are.", show_default="0.05")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Labels that exist already: a dataset, or CSV or JSON lines of unit_id or text, and label."),
    ] = None,
    answers_by: Annotated[str, typer.Option(help="The login of the person whose answers they become.")] = "",
    failures: Annotated[
        Path | None, typer.Option(help="File in which to list the refused rows, with the reasons.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, but send nothing.")] = False,
) -> Answer[shapes.Pushed] | Answer[shapes.WouldPush]:
    """Send the units that the project does not have yet. A second push sends nothing."""
    from annotator import settings
    from annotator.errors import UsageError
    from annotator.failures import failure_file
    from annotator.labelstudio import people
    from annotator.labelstudio.client import connect
    from annotator.labelstudio.earlier_answers import Brought, bring, read_earlier
    from annotator.labelstudio.gold import read_gold
    from annotator.labelstudio.notes import PushNotes
    from annotator.labelstudio.push import PushOptions, push_tasks
    from annotator.labelstudio.push_options import with_team
    from annotator.labelstudio.task_source import open_tasks
    from annotator.output import keep_apart

    keep_apart({"--failures": failures}, [source, *filter(None, (gold, answers))])
    if gold_share is not None and gold is None:
        raise UsageError("--gold-share says how many known units there are, and there is no --gold", hint=_GOLD_HINT)
    if bool(answers) != bool(answers_by):
        hint = "--answers FILE --answers-by NAME: a name that annotator annotators add made"
        raise UsageError("--answers and --answers-by belong together", hint=hint)
    earlier = read_earlier(answers) if answers else []
    chosen = settings.load({})
    options = PushOptions(
        overlap=overlap,
        preselect=preselect or None,
        interface=interface,
        update_form=update_form,
        blind=blind,
        order=order.value,
        prune=prune,
        update=update,
        dry_run=dry_run,
        where=where,
        gold=read_gold(gold) if gold else (),
        gold_share=PushOptions.gold_share if gold_share is None else gold_share,
        sample=_sample(sample, seed, by, whole_articles=whole_articles),
        say=say,
    )
    options = with_team(options, chosen)
    with (
        failure_file(failures) as list_failure,
        closing(connect(chosen)) as client,
        closing(PushNotes(chosen.data_dir)) as notes,
        open_tasks(source) as tasks,
    ):
        person = people.number_of(client, answers_by) if answers_by else 0
        report = push_tasks(tasks, project=project, client=client, notes=notes, options=options)
        brought = Brought()
        if earlier and report.project and not dry_run:
            target = client.with_server(client.project(report.project))
            brought = bring(earlier, tasks, client=client, project=target, person=person)
        for failure in (*report.failures, *brought.failures):
            list_failure(failure)
    unused = len(brought.failures)
    show_failures((*report.failures, *brought.failures), report.refused + unused, str(failures or ""))
    counts, code = report.counts(), partial_if(report.refused + unused)
    if answers and not dry_run:
        counts |= {"answers": brought.answers, "answers_there": brought.already_there, "answers_refused": unused}
    if dry_run:
        counts = {_WOULD.get(name, name): number for name, number in counts.items()}
    say_counts(counts)
    if dry_run:
        return Answer.of(counts, shapes.WouldPush, code)
    return Answer.of(counts, shapes.Pushed, code)
