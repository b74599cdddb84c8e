"""The forms of what Label Studio answers, as far as it is read. What answers anything else is not Label Studio."""

from __future__ import annotations

from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from annotator.labelstudio.refusals import not_label_studio

T = TypeVar("T")


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Version(_Form):
    """The answer of `api/version`: the release, and the versions of the server's parts under names of their own."""

    release: Annotated[str, Field(pattern=r"^\d")]
    edition: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_label_studio(cls, answer: object) -> object:
        if isinstance(answer, dict) and not any(str(name).startswith("label-studio") for name in answer):
            raise ValueError("it names no part of Label Studio")
        return answer

    @model_validator(mode="after")
    def _short(self) -> Self:
        if len(self.release + self.edition) > 100:  # noqa: PLR2004 - they are shown on a line
            raise ValueError("its version is too long")
        return self


class User(_Form):
    """A user, and the answer of `api/current-user/whoami`."""

    id: int
    email: Annotated[str, Field(min_length=1)]
    active_organization: int | None = None


class Token(_Form):
    """The token of an invitation, or a user's key."""

    token: Annotated[str, Field(min_length=1)]


class Created(_Form):
    """A project that was created."""

    id: int


class Titled(_Form):
    """A project in a list."""

    id: int
    title: str


class Titles(_Form):
    """A page of the list of projects."""

    results: list[Titled]
    next: str | None


class OneProject(_Form):
    """A project by its id."""

    id: int
    title: str
    label_config: str
    task_number: int | None
    maximum_annotations: int
    show_collab_predictions: bool | None
    description: str | None
    organization: int | None = None


class Organization(_Form):
    """An organization and the moment in which it was made."""

    id: int
    created_at: str


class Listed(_Form):
    """A task in a list. Which of its fields come was asked for; `meta` is anything in a task of somebody else's."""

    id: int
    meta: Any = None
    total_annotations: int | None = None
    cancelled_annotations: int | None = None


class Listing(_Form):
    """A page of tasks, and how many the question matches in all."""

    tasks: list[Listed]
    total: int


class Answered(_Form):
    """A task with its answers, which `wire` reads."""

    id: int
    annotations: list[dict[str, Any]]


class Answers(_Form):
    """A page of tasks with their answers."""

    tasks: list[Answered]
    total: int


class Tab(_Form):
    """A tab of a project's table, and how it is arranged."""

    id: int
    data: dict[str, Any]


VERSION = TypeAdapter(Version)
USER = TypeAdapter(User)
USERS = TypeAdapter(Annotated[list[User], Field(min_length=1)])
"""Whoever asks is one of them."""
TOKEN = TypeAdapter(Token)
ORGANIZATIONS = TypeAdapter(list[Organization])
CREATED = TypeAdapter(Created)
TITLES = TypeAdapter(Titles)
PROJECT = TypeAdapter(OneProject)
LISTING = TypeAdapter(Listing)
ANSWERS = TypeAdapter(Answers)
OBJECT = TypeAdapter(dict[str, Any])
TABS = TypeAdapter(list[Tab])
DRAFTS = TypeAdapter(list[dict[str, Any]])


def checked(form: TypeAdapter[T], answer: object, *, url: str, path: str) -> T:
    """Return the answer in its form.

    Raises:
        NotLabelStudioError: it has another one.
    """
    try:
        return form.validate_python(answer)
    except ValidationError as error:
        raise not_label_studio(url, path, _seen(answer, error)) from None


def _seen(answer: object, error: ValidationError) -> str:
    where = ".".join(map(str, error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]))
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    kind = names.get(type(answer), "a number")
    return f"{kind} in which {where[:80]} is missing or wrong" if where else f"{kind} of another form"
