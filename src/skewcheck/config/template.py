"""Writes a first ``skewcheck.toml``: what was guessed with the reason, and the limits in force."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from skewcheck.config.examples import Examples
from skewcheck.policy import Rule
from skewcheck.sanitize import safe
from skewcheck.schema import Column, Role, Schema

# What TOML forbids raw or an editor would obey: controls, line separators, text direction.
HIDDEN = frozenset(map(chr, (*range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x2028, 0x202F))))
HIDDEN |= frozenset(map(chr, range(0x2066, 0x206A)))
HEAD = """\
# What skewcheck compares and what it accepts. Written by `skewcheck init`; yours to edit.
# Roles below were guessed: check them, then keep this file with the model.
# `skewcheck explain CHECK` tells what a check measures; a key that does not exist is an error.
# What is commented out is not in force; lines with ## say what the line below them means.

# Error level of a verdict: the chance that a column in order fails, or a broken one passes.
level = 0.05
"""
ROLES_HEAD = """\
[roles]
# Columns not named here are features: compared and judged.
"""
EDITOR = """\
# For an editor that completes and checks: `skewcheck schema > skewcheck.schema.json`, and then as
# the first line of this file #:schema ./skewcheck.schema.json
"""
CHECKS_HEAD = """\
# Limits. `fail`: past it beyond doubt the run fails; `warn`: past it is said. `false` is no limit.
# These are the defaults: uncomment a table to change it, and put it under
# [columns.NAME.checks.CHECK] to change it for one column only.
"""


def render_config(
    schema: Schema,
    checks: Mapping[str, tuple[str, str, Rule]],
    *,
    train: str = "",
    serve: Sequence[str] = (),
    editor: str = "",
) -> str:
    """Return the commented file as TOML; ``checks`` are title, unit and default limits by name.

    ``train`` and ``serve`` become the default paths of ``skewcheck compare``; ``editor`` is the
    JSON Schema that editors check the file by, as seen from it.
    """
    paths = [f"train = {quoted(train)}"] if train else []
    paths += [f"serve = {_list(serve)}"] if serve else []
    first = f"#:schema {editor}\n{HEAD}" if editor else HEAD.replace("\n\n", f"\n{EDITOR}\n", 1)
    more = Examples(schema, quoted)
    parts = [first, _lines(paths), *more.keys(), _roles(schema), *more.tables(), _checks(checks)]
    return "\n".join(part for part in parts if part)


def quoted(text: str) -> str:
    """Return a text as a TOML string that reads back as the same text and hides nothing."""
    return "".join(
        f"\\u{ord(c):04x}" if c in HIDDEN else c for c in json.dumps(text, ensure_ascii=False)
    )


def _roles(schema: Schema) -> str:
    spoken = [role for role in Role if role is not Role.FEATURE and schema.names(role)]
    return ROLES_HEAD + "".join(_role(role, schema) for role in spoken)


def _role(role: Role, schema: Schema) -> str:
    """Return one line of roles under a comment per column that says why."""
    columns = [column for column in schema if column.role is role]
    key = "ignore" if role is Role.IGNORED else role.value
    reasons = [f"# {_why(column)}" for column in columns]
    return _lines([*reasons, f"{key} = {_list([c.name for c in columns])}"])


def _why(column: Column) -> str:
    return f"{safe(column.name, 60)}: {safe(column.reason, 160)}"


def _checks(checks: Mapping[str, tuple[str, str, Rule]]) -> str:
    blocks = [_check(name, *about) for name, about in checks.items()]
    return CHECKS_HEAD + "\n" + "\n".join(blocks)


def _check(name: str, title: str, unit: str, rule: Rule) -> str:
    limits = [f"# {key} = {_limit(getattr(rule, key))}" for key in ("fail", "warn")]
    return _lines([f"## {title}" + (f", in {unit}" if unit else ""), f"# [checks.{name}]", *limits])


def _limit(limit: float | None) -> str:
    return "false" if limit is None else f"{limit:g}"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
