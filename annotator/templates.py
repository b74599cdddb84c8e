"""Templates of pages and cards. What is put in is escaped: no HTML of an article, an answer or a name is shown raw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from annotator.package_data import read_data


def load_template(package: str, name: str, filters: Mapping[str, Callable[..., Any]]) -> Template:
    """Return a template that stands in the folder of `package`; a variable that nobody gives is an error."""
    environment = Environment(
        loader=FunctionLoader(lambda name: read_data(package, name)),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"thousands": "{:,}".format, **filters}
    return environment.get_template(name)
