"""The CSV twin of a list: safe to be opened in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from io import StringIO
from typing import Any

from starlette.responses import Response

from storage.export.rows import Row, write_csv


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Row], link: str | None = None) -> Response:
    """Return rows as CSV (UTF-8, a header line). `link` is the address of what follows."""
    out = StringIO(newline="")
    write_csv(rows, columns, out)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    headers |= {"Link": f'<{link}>; rel="next"'} if link else {}
    return Response(out.getvalue().encode("utf-8", "replace"), headers=headers, media_type="text/csv; charset=utf-8")


def row(value: Any, *leave: str) -> dict[str, Any]:
    """Return a frozen value's fields by name, some left out."""
    return {one.name: getattr(value, one.name) for one in fields(value) if one.name not in leave}
