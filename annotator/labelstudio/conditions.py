"""Which units to push: `source_lang == "es" and suggested_score < 0.7`, conditions on the fields of a task.

A condition is FIELD OP VALUE, and several are joined by `and`. OP is ==, !=, <, <=, >, >= or in; VALUE is a text
between quotation marks, a number, or for `in` a list of those.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from annotator.errors import UsageError
from annotator.models import Task, TaskData

Value = str | float
FIELDS = (*(name for name in TaskData.model_fields if name != "source"), "rights", "retention")
"""The fields of a task's data, and the two that only some tasks have."""
NUMBERS = frozenset({"position", "start", "end", "source_lang_confidence", "suggested_score"})
_LISTS = frozenset({"translation_warning_codes"})
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?\b)|(?P<op>==|!=|<=|>=|<|>|in\b)|(?P<word>\w+)"""
    r"""|(?P<sign>[\[\],]))"""
)
_OPERATORS = "== != < <= > >= in"
_LIKE_OPERATOR = ("=", "!", "<", ">", "~")
_HINT = """for example --where 'source_lang == "es" and suggested_label in ["sourced", "opinion"]'"""
_TESTS: dict[str, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "in": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Comparison:
    """One condition: the field's value, or one of a field that is a list, stands so to one of the values."""

    field: str
    op: str
    values: tuple[Value, ...]

    def holds(self, task: Task) -> bool:
        """Tell whether the task fulfils it. What a task does not have is an empty text, or no number at all."""
        found = getattr(task.data, self.field, "")
        several = found if self.field in _LISTS else (found,)
        if self.op == "!=":
            return self.values[0] not in several
        test = _TESTS[self.op]
        absent = "" if self.field in NUMBERS else None
        return any(test(value, wanted) for value in several if value != absent for wanted in self.values)


@dataclass(frozen=True)
class Condition:
    """All of its comparisons; none of them lets every task pass."""

    comparisons: tuple[Comparison, ...] = ()

    def holds(self, task: Task) -> bool:
        """Tell whether the task fulfils all comparisons."""
        return all(comparison.holds(task) for comparison in self.comparisons)

    def __str__(self) -> str:
        """The condition in its one form: what is written in two ways and means the same is the same."""
        return " and ".join(sorted(map(_text, self.comparisons)))


def parse(text: str) -> Condition:
    """Return the condition; an empty text is none.

    Raises:
        UsageError: it is not one, or compares a field that tasks do not have.
    """
    tokens = _Tokens(text)
    comparisons = [_comparison(tokens)] if tokens.left else []
    while tokens.left:
        tokens.take("word", "`and` between two conditions", among=("and",))
        comparisons.append(_comparison(tokens))
    return Condition(tuple(comparisons))


def known_field(name: str, flag: str) -> str:
    """Return the name of a field of a task's data.

    Raises:
        UsageError: it is none.
    """
    if name in FIELDS:
        return name
    near = difflib.get_close_matches(name, FIELDS, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(FIELDS)}"
    raise UsageError(f"{flag}: a task has no field {name!r}", hint=hint)


class _Tokens:
    def __init__(self, text: str) -> None:
        self.left = [*_tokens(text)]

    def next_is(self, sign: str) -> bool:
        return bool(self.left) and self.left[0][1] == sign

    def take(self, kind: str, wanted: str, *, among: Sequence[str] = ()) -> str:
        """Take the next token, which has to be of this kind."""
        seen_kind, token, rest = self.left[0] if self.left else ("", "", "")
        if seen_kind != kind or (among and token not in among):
            raise _wrong(f"expected {wanted} " + (f"at {rest!r}" if rest else "at its end"))
        del self.left[0]
        return token


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, token, and the text from there on, for messages."""
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            rest = text[at:].strip()
            operators = f"; the operators are {_OPERATORS}" if rest.startswith(_LIKE_OPERATOR) else ""
            raise _wrong(f"cannot be read from {rest!r} on{operators}")
        yield match.lastgroup, match[match.lastgroup], text[at:].strip()
        at = match.end()


def _comparison(tokens: _Tokens) -> Comparison:
    field = known_field(tokens.take("word", "a field"), "--where")
    op = tokens.take("op", f"one of {_OPERATORS}")
    values = tuple(_values(tokens)) if op == "in" else (_value(tokens),)
    if wrong := next((value for value in values if isinstance(value, str) is (field in NUMBERS)), None):
        kind = "a number" if field in NUMBERS else 'text, and text stands between quotation marks, as in "es"'
        raise _wrong(f"{field} is {kind}; {wrong!r} is not")
    if field in _LISTS and op[0] in "<>":
        raise _wrong(f"{field} is a list, which knows ==, != and in")
    return Comparison(field, op, values)


def _values(tokens: _Tokens) -> Iterator[Value]:
    if not tokens.next_is("["):
        raise _wrong('behind `in` stands a list, as in ["es", "fr"]')
    tokens.take("sign", "[")
    yield _value(tokens)
    while tokens.next_is(","):
        tokens.take("sign", ",")
        yield _value(tokens)
    tokens.take("sign", ", or ]", among="]")


def _value(tokens: _Tokens) -> Value:
    if tokens.left and tokens.left[0][0] == "number":
        return float(tokens.take("number", "a number"))
    return tokens.take("text", "a number, or a text between quotation marks")[1:-1]


def _wrong(what: str) -> UsageError:
    return UsageError(f"--where: {what}", hint=_HINT)


def _text(comparison: Comparison) -> str:
    values = [f"{value:g}" if isinstance(value, float) else _quoted(value) for value in comparison.values]
    listed = f"[{', '.join(sorted(set(values)))}]" if comparison.op == "in" else values[0]
    return f"{comparison.field} {comparison.op} {listed}"


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'
