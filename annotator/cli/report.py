"""`annotator report`: one page about a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import counting, show
from annotator.cli.out_names import page_file


def report(
    dataset: Annotated[Path, typer.Argument(help="A dataset folder.")],
    out: Annotated[
        Path | None, typer.Option(help="The page, FILE.html.", show_default="DATASET/report.html", callback=page_file)
    ] = None,
    articles: Annotated[int, typer.Option(min=0, help="How many articles to show in full.")] = 30,
    server: Annotated[
        str,
        typer.Option(
            metavar="URL", help="Address of the Label Studio that has the units: the page links to each there."
        ),
    ] = "",
    original_readers: Annotated[
        str,
        typer.Option(metavar="ID,ID", help="Annotators who read the original, not the translation."),
    ] = "",
) -> Answer[shapes.Reported]:
    """Write one HTML page about a dataset: labels, agreement, disputed units, articles. It needs no network."""
    from annotator.agreement import AgreementOptions
    from annotator.dataset.page.content import PageContent
    from annotator.dataset.page.report import FILE, write_report

    readers = frozenset(name.strip() for name in original_readers.split(",") if name.strip())
    page = out or dataset / FILE
    with counting("units") as advance:
        write_report(
            dataset,
            page,
            options=AgreementOptions(original_readers=readers),
            content=PageContent(article_limit=articles),
            progress=advance,
            server=server,
        )
    show(str(page))
    return Answer({"page": str(page)})
