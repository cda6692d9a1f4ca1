"""Articles as Parquet, in row groups of bounded size. pyarrow comes with the extra `newsdesk[parquet]`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from storage.errors import FailureError
from storage.export.fields import FIELDS, SCHEMA, record
from storage.types import StoredArticle

ROWS = 5_000
CHARACTERS = 16_000_000
"""A row group has at most so many articles, and little more text than this."""


def check_parquet() -> None:
    """Raise FailureError when pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise FailureError(
            "Parquet needs pyarrow, which is not installed: pip install 'newsdesk[parquet]' (or pyarrow)"
        ) from None


def write_parquet(articles: Iterable[StoredArticle], out: BinaryIO) -> int:
    """Write articles; return how many. Raises FailureError without pyarrow."""
    check_parquet()
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = _schema(pa)
    number = 0
    with ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in _groups(articles):
            columns = [pa.array([row[field.name] for row in rows], type=field.type) for field in schema]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=len(rows))
            number += len(rows)
    return number


def _groups(articles: Iterable[StoredArticle]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    size = 0
    for article in articles:
        rows.append(record(article))
        size += len(article.body)
        if len(rows) == ROWS or size > CHARACTERS:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _schema(pa: Any) -> Any:
    types = {
        "integer": pa.int64(),
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "time": pa.timestamp("us", tz="UTC"),
    }
    fields = [pa.field(one.name, types[one.kind], nullable=not one.required) for one in FIELDS]
    return pa.schema(fields, metadata={"newsdesk.schema": str(SCHEMA)})
