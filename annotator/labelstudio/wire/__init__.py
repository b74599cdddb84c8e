"""Label Studio's JSON, as pure functions: no connection, no SDK. All of its forms are written and read here.

`outgoing` is a task on its way in, `incoming` a task with its answers as the server lists it
(`controls` is what an answer holds), `rows` the rows of files
that people save from Label Studio's page.
"""

from annotator.labelstudio.wire.incoming import REASONS, Origin, number, read_task, sample_in, unlabelled
from annotator.labelstudio.wire.outgoing import blinded, content, is_blind, problems, stamped
from annotator.labelstudio.wire.rows import is_row, place_row, read_row

__all__ = [
    "REASONS",
    "Origin",
    "blinded",
    "content",
    "is_blind",
    "is_row",
    "number",
    "place_row",
    "problems",
    "read_row",
    "read_task",
    "sample_in",
    "stamped",
    "unlabelled",
]
