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
    """Articles processed."""
    duplicates: int
    """Articles that were there already, with the same text."""
    units: int
    """Units in them."""
    asides: int
    """Stretches of text that are no units."""
    failed: int
    """Articles and rows that could not be processed; with one the command ends with 3."""
    without_units: NotRequired[int]
    """Articles of which nothing is a unit: a list of addresses, say."""
    superseded: NotRequired[int]
    """Articles of which a later text counts."""
    near_duplicates: NotRequired[int]
    """Articles that are like an earlier one: linked, or left out."""
    forgotten: NotRequired[int]
    """Articles that `forget` took out of the run and that are left out."""
    not_used: NotRequired[int]
    """Lines of memories and of the glossary that cannot be used; with one the command ends with 3."""


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
    predictor: str
    """What suggests its labels: `cues`, `encoder`, or the path of a model."""
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
    """Its number on the server; 0 where no unit fulfils the condition, and no project was made."""
    units: int
    """Units in the input."""
    already_there: int
    """Of them, those that the project had."""
    sent: int
    """Of them, those that were sent."""
    refused: int
    """Rows that are no tasks, or that the server refused; with one the command ends with 3."""
    blind: int
    """Units that carry no suggestion."""
    replaced: NotRequired[int]
    """Of what was sent, units that took the place of their older version."""
    removed: NotRequired[int]
    """Unanswered tasks that `--prune` deleted."""
    left_out_by_where: NotRequired[int]
    """Units that do not fulfil the condition, where one is given."""
    left_out_by_sample: NotRequired[int]
    """Units that were not drawn, where a sample is."""
    gold: NotRequired[int]
    """Of the units, those of `--gold`."""
    answers: NotRequired[int]
    """Answers of `--answers` that were given."""
    answers_there: NotRequired[int]
    """Those of units that the person had answered before."""
    answers_refused: NotRequired[int]
    """Rows that are no answers, or whose unit is not there; with one the command ends with 3."""


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
    gold: NotRequired[int]


class Pulled(TypedDict):
    """`pull`."""

    annotations: int
    """Answers that were written, and with `--unlabelled` the units without one."""
    skipped: int
    """Units that somebody skipped, written beside them."""
    set_aside: int
    """Items that cannot be used; `--failures` lists them with their reasons."""
    unknown_marks: NotRequired[dict[str, int]]
    """Side marks that the settings do not have, and how many answers hold each: they are kept."""


class PersonProgress(TypedDict):
    """What one person has done in a project."""

    annotator: int
    login: str
    """Empty for somebody who is no longer there."""
    done: int
    skipped: int
    per_hour: float | None
    """Units an hour at work; null as long as there are not two answers in one sitting."""
    last_seen: str
    """ISO 8601, UTC."""


class LabellingProgress(TypedDict):
    """`progress`."""

    project: int
    """Its number on the server."""
    title: str
    overlap: int
    """How many people answer each unit."""
    units: int
    done: int
    """Units that as many people have answered."""
    left: int
    answers_left: int
    answers_per_day: float | None
    """In the last seven days; null where there was none."""
    done_on: str
    """The date at this rate, or an empty string."""
    people: list[PersonProgress]


class Right(TypedDict):
    """How many answers there are, and how many of them are the known ones."""

    answers: int
    right: int


class AgainstGold(TypedDict):
    """One person's answers to units whose answer is known."""

    answers: int
    right: int
    by_label: dict[str, Right]
    """By the known answer."""


class PersonPractised(AgainstGold):
    """How one person did in practice."""

    annotator: str
    login: str
    """Empty for somebody who is no longer there."""


class Practised(TypedDict):
    """`practice`."""

    project: int
    """Its number on the server."""
    units: int
    already_there: int
    sent: int
    people: list[PersonPractised]


class Reopened(TypedDict):
    """`reopen`."""

    project: int
    """Its number on the server."""
    answers: int
    """Answers that are in the file and no longer in the project."""
    units: int
    """Units that wait for answers again."""
    being_changed: int
    """Older answers that stay, for somebody has typed a change and not submitted it: then the exit code is 3."""


class OldAnswer(TypedDict):
    """What somebody said of a unit before its cut was mended."""

    annotator: str
    answer: str
    comment: str


class Mended(TypedDict):
    """`units split` and `units merge`."""

    unit_id: str
    text: str
    """The unit as it was."""
    answers: list[OldAnswer]
    """Those in the project that was named."""


class Exported(TypedDict):
    """`export`."""

    records: int
    """Units in the dataset."""
    labelled: int
    """Of them, those with a label that stands."""
    undecided: int
    """Of them, those on which people differ."""
    set_aside: int
    """Rows and items that cannot be used; `--failures` lists them with their reasons."""


class Fault(TypedDict):
    """What is wrong in a dataset."""

    file: str
    line: int | None
    reason: str
    """One of `annotator.dataset.verify.REASONS`."""
    message: str


class DatasetVerified(TypedDict):
    """`verify`; with a fault the command ends with 1."""

    files: int
    """That the manifest names."""
    records: int
    articles: int
    """In each of their revisions."""
    checked: int
    """Records whose offsets were compared with the text of their article."""
    faults: list[Fault]


class DatasetPublished(TypedDict):
    """`publish`; without `--yes` nothing is sent, and there is no address."""

    repository: str
    files: int
    """Of the dataset, the manifest among them."""
    bytes: int
    lacks: list[str]
    """What the card does not say, in words."""
    url: str
    sent: int
    """Files that the repository did not have."""
    already_there: int
    private: bool
    """Whether the repository is, or would be."""


class Held(TypedDict):
    """What a run, a project or a dataset held of an article."""

    place: str
    """run, project or dataset."""
    name: str
    units: int
    answers: int


class ArticleForgotten(TypedDict):
    """`forget`."""

    article_id: str
    held: list[Held]
    cached_translations: int
    """How many translations the cache lost."""


class Disputed(TypedDict):
    """`adjudicate push`."""

    project: int
    """Its number on the server."""
    disputed: int
    """Units on which people differ."""
    already_there: int
    """Of them, those that the project had."""
    sent: int
    """Of them, those that were sent."""
    refused: int


class Verdicts(TypedDict):
    """`adjudicate pull`."""

    verdicts: int
    """Verdicts that were written."""
    set_aside: int
    """Verdicts that cannot be used."""


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


class Following(TypedDict):
    """How often answers are what was suggested, or would have been."""

    answers: int
    share: float
    interval: list[float]
    """95 %, over articles; empty where too few resamples have both."""
    same: NotRequired[int]


class Verdict(TypedDict):
    """What somebody decided who had seen what the others said."""

    annotator: str
    answer: str
    reason: str


class DisputedUnit(TypedDict):
    """A unit on which people differ."""

    unit_id: str
    disagreement: float
    text: str
    said: dict[str, str]
    comments: dict[str, str]
    translation: str
    verdicts: list[Verdict]
    project: int
    task: int
    """The numbers in Label Studio; 0 where they are not known."""


class Agreed(TypedDict):
    """`agreement`."""

    overall: Coefficients
    by_label: dict[str, Coefficients]
    """Each label against the rest."""
    by_mark: dict[str, Coefficients]
    """Each side mark that somebody set: set against not set."""
    by_language: dict[str, Coefficients]
    by_kind: dict[str, Coefficients]
    by_pair: dict[str, Coefficients]
    checkable: Coefficients
    """Sourced and unsourced against opinion and rhetoric."""
    by_suggestion: dict[str, Coefficients]
    """With and without a suggestion on the screen."""
    by_translation: dict[str, Coefficients]
    """With and without a translation on the screen."""
    by_reader: dict[str, Coefficients]
    """Those who read the original against the others."""
    reader_note: str
    """Why `by_reader` is empty."""
    followed: dict[str, int]
    """How many suggestions were shown, and how many of those were followed."""
    suggestions: dict[str, Following]
    """Of the answers to units with a suggestion `shown` and `hidden`, which share is the same; and the `difference`."""
    confusion: dict[str, dict[str, int]]
    """Pairs of people by their two answers."""
    drift: list[Period]
    lead_times: dict[str, dict[str, float | None]]
    """Seconds that each annotator took for a unit."""
    against_gold: dict[str, AgainstGold]
    """Each person against the known answers; such units take no part in anything above."""
    disputed: list[DisputedUnit]
    """The most disputed units."""
    excluded: dict[str, int]
    """What was left out of the measure."""
    bootstrap: dict[str, int]
    """How the intervals were made."""
    policy: dict[str, str]
    """Which answers count."""


class Measure(TypedDict):
    """A share, and its 95 % interval by bootstrap over articles: empty, or null, where it is not defined."""

    value: float | None
    interval: list[float]


class LabelMeasured(TypedDict):
    """One label, over the units that got a suggestion."""

    units: int
    """Units that have the label, with a suggestion or without."""
    suggested: int
    precision: Measure
    recall: Measure
    f1: Measure


class ScoreBin(TypedDict):
    """Suggestions whose scores stand in one tenth, their mean score, and the share of them that is right."""

    units: int
    score: float
    right: float


class SuggestionsMeasured(TypedDict):
    """How good the suggestions for some units are."""

    units: int
    articles: int
    suggested: int
    """Units that got a suggestion."""
    coverage: Measure
    macro_f1: Measure
    """Mean F1 of the labels over the units that got a suggestion."""
    right: Measure
    """The share of suggestions that are right."""
    calibration_error: float | None
    """How far scores stand from the share of right suggestions (ECE, ten bins)."""
    by_label: dict[str, LabelMeasured]
    reliability: list[ScoreBin]


class Evaluated(TypedDict):
    """`evaluate`."""

    units: int
    articles: int
    seen_suggestion: int
    """Units where somebody whose answer counts had a suggestion before their eyes."""
    not_used: dict[str, int]
    """How many others there are, by the reason why they were left out."""
    predictors: dict[str, SuggestionsMeasured]
    by_language: dict[str, dict[str, SuggestionsMeasured]]
    """By language, and by predictor."""
    by_sight: dict[str, dict[str, SuggestionsMeasured]]
    """By whether people saw a suggestion, and by predictor; nothing where all did, or nobody."""
    differences: dict[str, Measure]
    """Macro-F1 of each further predictor less that of the first, at the same coverage."""
    bootstrap: dict[str, int]


class Trained(TypedDict):
    """`train`."""

    model: str
    """The file."""
    name: str
    """What its predictions name it by."""
    units: int
    articles: int
    labels: dict[str, int]
    languages: dict[str, int]
    seen_suggestion: int
    not_used: dict[str, int]
    encoder: str
    """Empty where it was trained without one."""
    min_score: float
    scores: dict[str, SuggestionsMeasured]
    """`model` on units that were held out, article by article, and `cues` on the same ones."""
    difference: Measure
    """Macro-F1 of the model less that of the cues, at the same coverage."""
    warnings: list[str]


class Reported(TypedDict):
    """`report`."""

    page: str


class Login(TypedDict):
    """A login that was made; its password is stored nowhere."""

    url: str
    login: str
    password: str


class PasswordReset(TypedDict):
    """`annotators reset-password`: the new password is stored nowhere."""

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


class NotRemoved(TypedDict):
    """A name whose login was not removed."""

    name: str
    message: str
    hint: str


class LoginsRemoved(TypedDict):
    """`annotators remove`."""

    removed: list[str]
    not_removed: list[NotRemoved]


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
