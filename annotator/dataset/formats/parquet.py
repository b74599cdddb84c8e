"""Parquet, typed: labels as dictionaries, votes as lists of structures. Needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.dataset.columns import COLUMNS, Column, flat
from annotator.environments import install_command
from annotator.errors import UsageError
from annotator.models import Record

FILE = "records.parquet"
# Rows in memory at a time; they become one group of the file.
_ROW_GROUP = 5000
# Stored once each: a column of them is a dictionary and small numbers.
_FEW_VALUES = frozenset(
    {"label", "status", "decision", "split", "kind", "block", "source_lang", "target_lang", "retention"}
)


@contextmanager
def parquet(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `records.parquet`.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow, which is not installed", hint=install_command("parquet")) from error
    schema = pa.schema([pa.field(column.name, _type(pa, column)) for column in COLUMNS])
    rows: list[dict[str, Any]] = []
    with ParquetWriter(folder / FILE, schema, compression="zstd") as writer:  # type: ignore[no-untyped-call]

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            rows.clear()

        def write(record: Record) -> None:
            rows.append(flat(record))
            if len(rows) >= _ROW_GROUP:
                flush()

        yield write
        if rows:
            flush()


def _type(pa: Any, column: Column) -> Any:  # noqa: ANN401 - pyarrow has no types of its own
    if column.name in _FEW_VALUES and not column.fields:
        return pa.dictionary(pa.int32(), pa.string())
    if column.kind == "list":
        inner = pa.struct([pa.field(field.name, _type(pa, field)) for field in column.fields])
        return pa.list_(inner if column.fields else pa.string())
    return {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}[column.kind]
