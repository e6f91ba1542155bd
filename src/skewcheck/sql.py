"""Names and values as DuckDB spells them."""

from __future__ import annotations


def ident(name: str) -> str:
    """Return a column's name as DuckDB quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: float | str | None) -> str:
    """Return a value as DuckDB spells it."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(float(value))
