"""The tab of Label Studio's table: what only the screen shows stays out of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.errors import AccessError
from annotator.labelstudio import shapes
from annotator.labelstudio.client import Client
from annotator.labelstudio.refusals import InvalidRequestError
from annotator.models import SHOWN_BY_PUSH

_PATH = "api/dm/views/"
_TITLE = "Default"
_OF_THE_SERVER = (
    *("inner_id", "annotations_results", "annotations_ids", "predictions_score", "predictions_model_versions"),
    *("predictions_results", "file_upload", "storage_filename", "created_at", "updated_at", "updated_by"),
    *("avg_lead_time", "draft_exists"),
)
"""What Label Studio itself hides in the tab that it makes where there is none, when somebody first opens the table."""
_AROUND = ("before", "before_translated", "after", "after_translated")
_HIDDEN = [f"tasks:{name}" for name in (*_OF_THE_SERVER, *(f"data.{field}" for field in (*SHOWN_BY_PUSH, *_AROUND)))]


def hide_display_fields(client: Client, project_id: int) -> None:
    """Leave what only the screen shows out of the table, unless somebody has arranged it already.

    A user whom the server lets do no such thing does without: the table is a convenience.
    """
    try:
        tabs = client.connection.get(shapes.TABS, _PATH, {"project": project_id})
        hidden = {"hiddenColumns": {"explore": _HIDDEN, "labeling": _HIDDEN}}
        if not tabs:
            made = {"title": _TITLE, "type": "list", "target": "tasks", **hidden}
            client.connection.change("POST", _PATH, {"project": project_id, "data": made})
        elif len(tabs) == 1 and _is_untouched(tabs[0].data):
            changed = {"project": project_id, "data": {**tabs[0].data, **hidden}}
            client.connection.change("PATCH", f"{_PATH}{tabs[0].id}/?project={project_id}", changed)
    except (InvalidRequestError, AccessError):
        return


def _is_untouched(tab: Mapping[str, Any]) -> bool:
    columns, filters = tab.get("hiddenColumns") or {}, tab.get("filters") or {}
    arranged = filters.get("items") or tab.get("ordering") or tab.get("columnsWidth") or tab.get("columnsDisplayType")
    ours = {f"tasks:{name}" for name in _OF_THE_SERVER}
    return tab.get("title") == _TITLE and not arranged and set(columns.get("explore") or ()) == ours
