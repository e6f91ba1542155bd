"""Reads ``skewcheck.toml``, or the table ``[tool.skewcheck]`` of ``pyproject.toml``.

Every key is known or an error: a limit that a typing error left out would pass in silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skewcheck.config.decisions import decisions
from skewcheck.config.file import (
    CheckTable,
    ColumnTable,
    File,
    PairingTable,
    ReadinessTable,
    ReplayTable,
)
from skewcheck.config.gains import gains
from skewcheck.config.gate import demands, waivers
from skewcheck.config.history import FOLD_AFTER, fold_after
from skewcheck.config.latency import budgets, limited
from skewcheck.config.looks import looks
from skewcheck.config.manifest import manifest
from skewcheck.config.shapes import REPAIRS
from skewcheck.config.tables import Place, read, shown, table, tables, texts, value
from skewcheck.discovery import discover
from skewcheck.errors import ConfigError, UsageError, nearest
from skewcheck.gating import Demands, Waiver
from skewcheck.pairing.request import Request
from skewcheck.policy import MODES, Policy, Rule
from skewcheck.replay.request import ModelRequest
from skewcheck.roles import given
from skewcheck.schema import Column, Role
from skewcheck.span import duration

NO_DEMANDS = Demands()
FILE = "skewcheck.toml"
PROJECT = "pyproject.toml"
TOLERANCES = ("abs_tol", "rel_tol")
ASSIGNED = [role for role in Role if not role.derived]
ROLES = {"ignore" if role is Role.IGNORED else role.value: role for role in ASSIGNED}
LIMITS = "a number from 0 on, or false for no limit"


@dataclass(frozen=True, slots=True)
class Config:
    """What a policy file says: limits, roles given by column, and default paths.

    ``origin`` is the file as it was named, empty for none; the paths are relative to its folder.
    ``fold_after`` is the age in seconds of the nights of a history that are folded, None for none.
    """

    policy: Policy = field(default_factory=Policy)
    roles: Mapping[str, Column] = field(default_factory=dict)
    train: str | None = None
    serve: tuple[str, ...] = ()
    origin: str = ""
    pairing: Request = field(default_factory=Request)
    labels: str | None = None
    replaying: ModelRequest = field(default_factory=ModelRequest)
    history: str | None = None
    fold_after: float | None = FOLD_AFTER
    gate: Demands = NO_DEMANDS
    waivers: tuple[Waiver, ...] = ()

    @property
    def level(self) -> float:
        """Return the one-sided error level of a verdict."""
        return self.policy.level

    def refuse_unknown_columns(self, names: Collection[str]) -> None:
        """Raise ConfigError when limits or tolerances are set for a column on neither side."""
        own = (
            self.policy.columns,
            self.policy.private,
            self.pairing.absolute,
            self.pairing.relative,
        )
        for name in dict.fromkeys(name for columns in own for name in columns):
            if name is not None and name not in names:
                raise Place(self.origin, "columns").unknown(name, names)
        for name in self.policy.gains.columns if self.policy.gains else ():
            if name not in names:
                problem = f"takes amounts from {shown(name)}, no column; {nearest(name, names)}"
                raise Place(self.origin, "value").error(problem)
        champion = self.policy.decisions.champion if self.policy.decisions else None
        if champion is not None and champion not in names:
            place = Place(self.origin, "decisions").at("champion")
            raise place.error(
                f"is {shown(champion)}, no column of LOGS; {nearest(champion, names)}"
            )


def load(path: Path | None = None, folder: Path | None = None) -> Config:
    """Return what ``path`` says, else the folder's file, else the defaults.

    Without a path the folder (the current one) is searched for ``skewcheck.toml``, then for a
    ``pyproject.toml`` with a table ``[tool.skewcheck]``. Raises ConfigError with file and key.
    """
    found = path or _find(folder or Path())
    return parse(read(found), str(found), found.parent) if found else Config()


def parse(text: str, origin: str, folder: Path | None = None) -> Config:
    """Return what a TOML text says; ``origin`` names it in errors, paths start at ``folder``."""
    place = Place(origin)
    raw = tables(text, origin)
    if Path(origin).name == PROJECT:
        place = Place(origin, "tool.skewcheck")
        raw = table(raw.get("tool", {}), None, Place(origin, "tool")).get("skewcheck", {})
    file = table(raw, File.__struct_fields__, place)
    latency = budgets(file.get("latency", {}), place.at("latency"))
    layer = decisions(file.get("decisions", {}), place.at("decisions"))
    checks = _rules(file.get("checks", {}), _defaults(), place.at("checks"))
    columns, column_roles = _columns(file.get("columns", {}), checks, place.at("columns"))
    timed = dict.fromkeys([*latency.columns, *filter(None, [latency.total])], Role.LATENCY)
    paths = texts(file.get("serve", []), place.at("serve"))
    train = value(file.get("train", ""), str, "a path", place.at("train"))
    labels = value(file.get("labels", ""), str, "a path", place.at("labels"))
    past = value(file.get("history", ""), str, "a folder", place.at("history"))
    return Config(
        limited(
            Policy(
                _level(file.get("level", 0.05), place.at("level")),
                checks,
                columns,
                demands=_demands(file.get("readiness", {}), place.at("readiness")),
                decisions=layer,
                gains=gains(file.get("value", {}), layer, place.at("value")),
                latency=latency,
                manifest=manifest(
                    file.get("manifest", {}), file.get("features", {}), folder or Path(), place
                ),
                private=_private(file.get("columns", {}), place.at("columns")),
                **looks(file, place),
            )
        ),
        _roles(file.get("roles", {}), {**timed, **column_roles}, place.at("roles")),
        train=str((folder or Path()) / train) if train else None,
        serve=tuple(str((folder or Path()) / path) for path in paths),
        origin=origin,
        labels=str((folder or Path()) / labels) if labels else None,
        pairing=_pairing(file, folder or Path(), place),
        replaying=_replaying(file.get("replay", {}), folder or Path(), place.at("replay")),
        history=str((folder or Path()) / past) if past else None,
        fold_after=fold_after(file.get("fold_after", "45d"), place.at("fold_after")),
        gate=demands(file.get("gate", {}), place.at("gate")),
        waivers=waivers(file.get("waivers", []), place.at("waivers")),
    )


def _pairing(file: Mapping[str, Any], folder: Path, place: Place) -> Request:
    """Return how rows are paired; tolerances of single columns stand with the columns."""
    here = place.at("pairing")
    raw = table(file.get("pairing", {}), PairingTable.__struct_fields__, here)
    offline = value(raw.get("offline", ""), str, "a path", here.at("offline"))
    as_of = value(raw.get("as_of", ""), str, "a column", here.at("as_of"))
    span = value(raw.get("tolerance", ""), str, "a span of time such as 5m", here.at("tolerance"))
    tolerances: dict[str, dict[str | None, float]] = {}
    for name in TOLERANCES:
        tolerances[name] = {None: _tolerance(raw[name], here.at(name))} if name in raw else {}
        for column, content in file.get("columns", {}).items():
            if name in content:
                at = place.at("columns").at(column).at(name)
                tolerances[name][column] = _tolerance(content[name], at)
    try:
        seconds = duration(span) if "tolerance" in raw else None
    except UsageError as error:
        raise here.at("tolerance").error(f"is {error}") from error
    repairs = texts(raw.get("repair_key", []), here.at("repair_key"))
    for name in repairs:
        if name not in REPAIRS:
            raise here.at("repair_key").error(f"names {shown(name)}; {nearest(name, REPAIRS)}")
    return Request(
        offline=str(folder / offline) if offline else None,
        as_of=as_of or None,
        tolerance=seconds,
        repairs=tuple(repairs),
        absolute=tolerances["abs_tol"],
        relative=tolerances["rel_tol"],
    )


def _replaying(raw: Any, folder: Path, place: Place) -> ModelRequest:
    """Return which model is to be asked again."""
    raw = table(raw, ReplayTable.__struct_fields__, place)
    model = value(raw.get("model", ""), str, "a path", place.at("model"))
    predict = value(raw.get("predict", ""), str, "package.module:function", place.at("predict"))
    if model and predict:
        raise place.error("names a model and a function to predict with; name one of them")
    features = tuple(texts(raw.get("features", []), place.at("features")))
    return ModelRequest(str(folder / model) if model else None, predict or None, features)


def _tolerance(raw: Any, place: Place) -> float:
    found = value(raw, float, "a number from 0 on", place)
    if not 0 <= found < math.inf:
        raise place.error(f"is {shown(raw)}; expected a number from 0 on")
    return found


def _demands(raw: Any, place: Place) -> frozenset[str]:
    """Return the failure modes that a run must have evidence for."""
    demanded = texts(
        table(raw, ReadinessTable.__struct_fields__, place).get("demand", []), place.at("demand")
    )
    for name in demanded:
        if name not in MODES:
            raise place.at("demand").error(f"names {shown(name)}; {nearest(name, MODES)}")
    return frozenset(demanded)


def _find(folder: Path) -> Path | None:
    if (folder / FILE).is_file():
        return folder / FILE
    project = folder / PROJECT
    mentioned = project.is_file() and re.search(
        r"^\s*\[+\s*tool\s*\.\s*\"?skewcheck\b", read(project), re.M
    )
    return project if mentioned else None


def _level(raw: Any, place: Place) -> float:
    level = value(raw, float, "a number between 0 and 0.5", place)
    if not 0 < level < 0.5:
        raise place.error(f"is {level:g}; expected a number between 0 and 0.5")
    return level


def _rules(raw: Any, base: Mapping[str, Rule], place: Place) -> dict[str, Rule]:
    """Return a rule per check that is named; a limit that is not set is that of ``base``."""
    return {
        check: _rule(limits, base[check], place.at(check))
        for check, limits in table(raw, base, place).items()
    }


def _rule(raw: Any, base: Rule, place: Place) -> Rule:
    limits = {
        key: _limit(limit, place.at(key))
        for key, limit in table(raw, CheckTable.__struct_fields__, place).items()
    }
    fail, warn = limits.get("fail"), limits.get("warn")
    if fail is not None and warn is not None and warn > fail:
        raise place.at("warn").error(f"is {warn:g}, past its fail limit {fail:g}; make it smaller")
    return Rule(limits.get("fail", base.fail), limits.get("warn", base.warn))


def _limit(raw: Any, place: Place) -> float | None:
    if raw is False:
        return None
    limit = value(raw, float, LIMITS, place)
    if not 0 <= limit < math.inf:
        raise place.error(f"is {shown(raw)}; expected {LIMITS}")
    return limit


def _columns(
    raw: Any, checks: Mapping[str, Rule], place: Place
) -> tuple[dict[str, dict[str, Rule]], dict[str, Role]]:
    """Return the rules and the role of every column that the file speaks of."""
    base = {**_defaults(), **checks}
    rules: dict[str, dict[str, Rule]] = {}
    roles: dict[str, Role] = {}
    for name, content in table(raw, None, place).items():
        here = place.at(name)
        for key in base.keys() & table(content, None, here).keys():
            raise here.unknown(key, [f"checks.{key}"])
        column = table(content, ColumnTable.__struct_fields__, here)
        if "checks" in column:
            rules[name] = _rules(column["checks"], base, here.at("checks"))
        if "role" in column:
            roles[name] = _role(column["role"], here.at("role"))
    return rules, roles


def _private(raw: Any, place: Place) -> dict[str, bool]:
    """Return which columns are private, of those that the file says it of."""
    return {
        name: value(content["private"], bool, "true or false", place.at(name).at("private"))
        for name, content in raw.items()
        if "private" in content
    }


def _role(raw: Any, place: Place) -> Role:
    if raw not in ASSIGNED:
        raise place.error(f"is {shown(raw)}; {nearest(str(raw), ASSIGNED)}")
    return Role(raw)


def _roles(raw: Any, by_column: Mapping[str, Role], place: Place) -> dict[str, Column]:
    chosen = {
        ROLES[key]: texts(names, place.at(key)) for key, names in table(raw, ROLES, place).items()
    }
    for name, role in by_column.items():
        chosen.setdefault(role, []).append(name)
    try:
        return given(chosen, f"in {Path(place.origin).name}")
    except UsageError as error:
        raise ConfigError(f"{place.origin}: {error}") from error


def _defaults() -> dict[str, Rule]:
    return {name: module.RULE for name, module in discover("skewcheck.checks").items()}
