"""Writes docs/policy.md and docs/skewcheck.schema.json: ``python docs/make_policy.py``.

Both are made of the types of the policy file, as ``skewcheck schema`` prints them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skewcheck.config.schema import NAME, REFERENCE, schema, text

PAGE = Path(__file__).with_name("policy.md")
FILE = Path(__file__).with_name(NAME)
HEAD = """\
# The policy file

Written by `python docs/make_policy.py` from the types that the loader reads by.

`skewcheck.toml` in the current folder, else the table `[tool.skewcheck]` of its `pyproject.toml`;
or the file that `--policy` names. All of it is optional. A key that does not exist, or a value that
cannot be, is an error that names file and key. Paths are relative to the file.

`skewcheck init TRAIN LOGS` writes a first one, with the guesses filled in and examples of the rest
to uncomment.

## In an editor

```bash
skewcheck schema > skewcheck.schema.json
```

writes these keys as JSON Schema beside the policy. The comment `#:schema ./skewcheck.schema.json`
in the first line of `skewcheck.toml` makes editors that read TOML by Taplo (Even Better TOML and
others) complete and check as you type, without a network; `skewcheck init` writes the line where
the file is there. The schema knows the checks of the version that wrote it: write it again after an
update. What takes two keys to see (a `warn` past its `fail`, one column in two roles) or a language
of its own (`bands`) is refused by skewcheck only. In `pyproject.toml` the line does not help: it
would speak of the whole file.
"""
MORE = {
    "pairing": "row-parity.md",
    "replay": "replay.md",
    "latency": "latency.md",
    "looks": "repeated-looks.md",
    "dependence": "repeated-looks.md",
    "gate": "ci-gate.md",
}


def page() -> str:
    """Return the text of docs/policy.md."""
    whole = schema()
    tables = whole["$defs"]
    return HEAD + "".join(_sections(whole, "", tables))


def _sections(table: dict[str, Any], name: str, tables: dict[str, Any]) -> list[str]:
    """Return the section of a table and those of the tables in it."""
    if table.get("title") == "Checks":
        return [_checks(table)] if name == "checks" else []
    keys = {key: about for key, about in table["properties"].items() if not _below(about)}
    title = f"`[{name}]`" if name else "Top level"
    more = f" See [{MORE[name]}]({MORE[name]})." if name in MORE else ""
    heading = f"\n## {title}\n\n{table['description']}{more}\n"
    rows = "".join(
        _row(key, about, key in table.get("required", ())) for key, about in keys.items()
    )
    found = [f"{heading}\n| key | value | default | meaning |\n|---|---|---|---|\n{rows}"]
    for key, about in table["properties"].items():
        if below := _below(about):
            part = f"{name}.{key}" if name else key
            found += _sections(tables[below], _named(part, about), tables)
    return found


def _named(part: str, about: dict[str, Any]) -> str:
    if about.get("type") == "array":
        return f"[{part}]"
    return f"{part}.NAME" if "additionalProperties" in about else part


def _below(about: dict[str, Any]) -> str:
    """Return the name of the table that a key holds, or holds many of; empty for a value."""
    many = about.get("additionalProperties") or about.get("items") or {}
    return str(about.get("$ref") or many.get("$ref", "")).removeprefix(REFERENCE)


def _row(key: str, about: dict[str, Any], required: bool) -> str:
    default = "required" if required else _shown(about["default"]) if "default" in about else ""
    cells = (f"`{key}`", _value(about), default, about["description"])
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _value(about: dict[str, Any]) -> str:
    """Return what a value may be, in words."""
    if "const" in about:
        return f"`{json.dumps(about['const'])}`"
    if "$ref" in about:
        return "table of `yes` and `no`"
    if "enum" in about:
        return ", ".join(f"`{one}`" for one in about["enum"])
    if "anyOf" in about:
        return " or ".join(map(_value, about["anyOf"]))
    if about["type"] == "array":
        return "a list of these" if "enum" in about["items"] else "list of texts"
    if about["type"] == "object":
        return "table of these"
    if "pattern" in about and about.get("title") == "gain":
        return "text such as `-0.6 * amount`"
    if "pattern" in about:
        return "time such as `36h`" if about.get("title") else "time such as `150ms`"
    if about.get("format") == "date":
        return "day"
    return WORDS[about["type"]] + _range(about)


WORDS = {
    "number": "number",
    "integer": "whole number",
    "string": "text",
    "boolean": "true or false",
}
BOUNDS = (
    ("exclusiveMinimum", "above"),
    ("minimum", "from"),
    ("exclusiveMaximum", "below"),
    ("maximum", "to"),
)


def _range(about: dict[str, Any]) -> str:
    bounds = [f"{word} {about[bound]:g}" for bound, word in BOUNDS if bound in about]
    open_end = " on" if len(bounds) == 1 and "minimum" in about else ""
    return f" {' and '.join(bounds)}{open_end}" if bounds else ""


def _shown(value: Any) -> str:
    return f"`{json.dumps(value)}`" if value != "" else ""


def _checks(table: dict[str, Any]) -> str:
    rows = "".join(_check(check, about) for check, about in table["properties"].items())
    limits = next(iter(table["properties"].values()))["properties"]
    meant = "".join(f"| `{k}` | {_value(a)} | {a['description']} |\n" for k, a in limits.items())
    return (
        "\n## `[checks.CHECK]` and `[columns.NAME.checks.CHECK]`\n\n"
        "Limits of a check, for all columns or for one. What a column does not set is that of "
        "`[checks]`,\nand what that does not set is the check's own, as in the table.\n\n"
        f"| key | value | meaning |\n|---|---|---|\n{meant}\n"
        "| check | it measures, in unit | `warn` | `fail` |\n|---|---|--:|--:|\n" + rows
    )


def _check(check: str, about: dict[str, Any]) -> str:
    limits = (_shown(about["properties"][key]["default"]) for key in ("warn", "fail"))
    return f"| [{check}](checks.md#{check}) | {about['description']} | {' | '.join(limits)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    FILE.write_text(text(), "utf-8")
