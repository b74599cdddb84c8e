"""The JSON object that each command prints with `--json`, one type each; `Error` is that of any that fails.

A command's function names its own as `Answer[...]`. A member that is not required is there where it says something.
"""

# Without `from __future__ import annotations`: of annotations that are strings Python 3.11 would not see which members
# are not required.
from typing import NotRequired, TypedDict


class ErrorDetails(TypedDict):
    """What ended a command."""

    reason: str
    """One of `annotator.errors.ErrorReason`."""
    message: str
    hint: str
    """The command or change that mends it, or an empty string."""


class Error(TypedDict):
    """The object of a command that ends with 1, 2 or 130, or by SIGTERM."""

    error: ErrorDetails


class Prepared(TypedDict):
    """`prepare`: the whole of the run, what an earlier start did included."""

    articles: int
    duplicates: int
    units: int
    asides: int
    failed: int
    superseded: NotRequired[int]


class RunStatus(TypedDict):
    """`status`."""

    articles: int
    units: int
    asides: int
    failed: int
    failures: dict[str, int]
    """How many failed for each reason."""
    state: str
    articles_per_second: NotRequired[float]
    seconds_left: NotRequired[int]
    """Of a start that has not ended."""
    engines: dict[str, str]
    """The engine of each pair of languages: `fr>en`."""
    annotator: str
    """The version that made the run."""
    verified_bytes: NotRequired[int]


class TranslationsExported(TypedDict):
    """`translations export`."""

    texts: int
    left_out: int
    """Texts with a control character, which TMX cannot hold."""


class TranslationsChecked(TypedDict):
    """`translations check`."""

    translations: int
    not_used: int


class Pushed(TypedDict):
    """`push`."""

    project: int
    units: int
    already_there: int
    sent: int
    refused: int
    blind: int
    """Units that carry no suggestion."""
    replaced: NotRequired[int]
    """Of what was sent, units that took the place of their older version."""
    removed: NotRequired[int]
    left_out_by_where: NotRequired[int]
    """Units that do not fulfil the condition, where one is given."""
    left_out_by_sample: NotRequired[int]
    """Units that were not drawn, where a sample is."""


class WouldPush(TypedDict):
    """`push --dry-run`."""

    project: int
    """0 where a project would be made."""
    units: int
    already_there: int
    would_send: int
    refused: int
    blind: int
    would_replace: NotRequired[int]
    would_remove: NotRequired[int]
    left_out_by_where: NotRequired[int]
    left_out_by_sample: NotRequired[int]


class Pulled(TypedDict):
    """`pull`."""

    annotations: int
    skipped: int
    set_aside: int


class Exported(TypedDict):
    """`export`."""

    records: int
    labelled: int
    undecided: int
    set_aside: int


class Disputed(TypedDict):
    """`adjudicate push`."""

    project: int
    disputed: int
    already_there: int
    sent: int
    refused: int


class Verdicts(TypedDict):
    """`adjudicate pull`."""

    verdicts: int
    set_aside: int


class Coefficients(TypedDict):
    """How far people agree on some units; a coefficient without a definition is null, and `undefined` says why."""

    alpha: float | None
    kappa: float | None
    fleiss: float | None
    ac1: float | None
    raw: float | None
    units: int
    annotators: int
    articles: int
    intervals: dict[str, list[float]]
    undefined: dict[str, str]
    no_interval: str


class Period(TypedDict):
    """The answers of a month, or of a day."""

    period: str
    answers: int
    shares: dict[str, float]
    units: int
    raw: float | None


class DisputedUnit(TypedDict):
    """A unit on which people differ."""

    unit_id: str
    disagreement: float
    text: str
    said: dict[str, str]
    comments: dict[str, str]


class Agreed(TypedDict):
    """`agreement`."""

    overall: Coefficients
    by_label: dict[str, Coefficients]
    by_language: dict[str, Coefficients]
    by_kind: dict[str, Coefficients]
    by_pair: dict[str, Coefficients]
    checkable: Coefficients
    by_suggestion: dict[str, Coefficients]
    by_translation: dict[str, Coefficients]
    by_reader: dict[str, Coefficients]
    reader_note: str
    followed: dict[str, int]
    confusion: dict[str, dict[str, int]]
    drift: list[Period]
    lead_times: dict[str, dict[str, float | None]]
    disputed: list[DisputedUnit]
    excluded: dict[str, int]
    bootstrap: dict[str, int]
    policy: dict[str, str]


class Reported(TypedDict):
    """`report`."""

    page: str


class Login(TypedDict):
    """A login that was made; its password is stored nowhere."""

    url: str
    login: str
    password: str


class NotCreated(TypedDict):
    """A name for which no login was made."""

    name: str
    message: str
    hint: str


class LoginsAdded(TypedDict):
    """`annotators add`."""

    logins: list[Login]
    not_created: list[NotCreated]


class Person(TypedDict):
    """A login, and the number that stands for it in pulled annotations."""

    annotator: str
    login: str


class LoginsListed(TypedDict):
    """`annotators list`."""

    logins: list[Person]


class Serving(TypedDict):
    """`serve`, once the server is ready."""

    url: str
    login: str
    password: str
    data_dir: str


class ServerInstalled(TypedDict):
    """`serve --install`."""

    program: str
    version: str


class DemoLoaded(TypedDict):
    """`demo`, once the units are loaded; with `--once` when the server has stopped."""

    url: str
    login: str
    password: str
    sent: int
    already_there: int


class Finding(TypedDict):
    """The outcome of one check: `ok`, `warning` or `failure`."""

    name: str
    state: str
    detail: str
    hint: str


class Findings(TypedDict):
    """`doctor`."""

    findings: list[Finding]


class Schemas(TypedDict):
    """`schema`: the files that were written, or with `--check` those that are up to date."""

    files: list[str]


class Model(TypedDict):
    """One direction, and what translates it."""

    source: str
    target: str
    engine: str
    place: str
    via: str


class ModelsListed(TypedDict):
    """`models list`."""

    models: list[Model]


class Package(TypedDict):
    """A package of a translation model."""

    package: str
    folder: str


class PackagesInstalled(TypedDict):
    """`models install` and `models add`."""

    installed: list[Package]


class PackagesRemoved(TypedDict):
    """`models remove`."""

    removed: list[Package]


class CacheContents(TypedDict):
    """`models cache`."""

    file: str
    translations: int
    bytes: int
