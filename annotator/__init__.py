"""Articles in any language become claim units that people label in Label Studio, and a dataset comes out.

The names in `__all__` are the public face; what is not in it is private and may change. Importing this loads nothing
heavy: each name is fetched when it is first asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # that of `typing` takes 20 ms, in which Ctrl-C would still print a traceback
if TYPE_CHECKING:
    from typing import Any

    from annotator.api import connect, export, measure_agreement, prepare, pull, push, read
    from annotator.errors import AnnotatorError
    from annotator.models import Annotation, Article, Failure, Record, Task, Unit
    from annotator.pipeline import Processed
    from annotator.settings import Settings

__version__ = "0.1.0"
__all__ = [
    "Annotation",
    "AnnotatorError",
    "Article",
    "Failure",
    "Processed",
    "Record",
    "Settings",
    "Task",
    "Unit",
    "__version__",
    "connect",
    "export",
    "measure_agreement",
    "prepare",
    "pull",
    "push",
    "read",
]
_HOMES = {
    "annotator.api": ("connect", "export", "measure_agreement", "prepare", "pull", "push", "read"),
    "annotator.errors": ("AnnotatorError",),
    "annotator.models": ("Annotation", "Article", "Failure", "Record", "Task", "Unit"),
    "annotator.pipeline": ("Processed",),
    "annotator.settings": ("Settings",),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class or a function
    from importlib import import_module

    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
