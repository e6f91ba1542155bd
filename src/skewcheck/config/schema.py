"""The policy file as JSON Schema, for editors: made of the types that the loader reads by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import msgspec

from skewcheck.config.file import CheckTable, File
from skewcheck.discovery import discover

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "skewcheck.schema.json"
REFERENCE = "#/$defs/"


def schema() -> dict[str, Any]:
    """Return the policy file as JSON Schema 2020-12; the checks are those that are installed.

    ``$defs`` has a schema by table. ``x-role`` says of a key that it names a column of that role,
    of a table of tables that their names are columns.
    """
    (_,), tables = msgspec.json.schema_components([File], ref_template=REFERENCE + "{name}")
    checks = discover("skewcheck.checks")
    tables["Checks"] = {
        "title": "Checks",
        "description": "Limits by check.",
        "type": "object",
        "properties": {name: _check(tables, name, check) for name, check in checks.items()},
        "additionalProperties": False,
    }
    for table in ("File", "ColumnTable"):
        described = tables[table]["properties"]["checks"]["description"]
        own = {"description": described, "$ref": REFERENCE + "Checks"}
        tables[table]["properties"]["checks"] = own
    root = tables.pop("File") | {"title": "skewcheck policy"}
    _move_inside(root["properties"].values(), tables)
    return {"$schema": DIALECT, **root, "$defs": dict(sorted(tables.items()))}


def text() -> str:
    """Return it as the text of a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _move_inside(keys: Iterable[dict[str, Any]], tables: dict[str, Any]) -> None:
    """Move what stands beside a reference into the table: Taplo does not look beside it."""
    for about in keys:
        if "$ref" in about:
            more = [key for key in about if key not in ("$ref", "description")]
            tables[about["$ref"].removeprefix(REFERENCE)].update({k: about.pop(k) for k in more})


def _check(tables: dict[str, Any], name: str, check: ModuleType) -> dict[str, Any]:
    """Return the table of one check with its own limits as defaults."""
    table = tables[CheckTable.__name__]
    limits = {
        key: {**about, "default": False if (own := getattr(check.RULE, key)) is None else own}
        for key, about in table["properties"].items()
    }
    unit = f", in {check.UNIT}" if check.UNIT else ""
    return {**table, "title": name, "description": f"{check.TITLE}{unit}", "properties": limits}
