"""May shadow mode be turned off? The nights and their evidence held against a gate's demands.

Pure: nights, demands and a moment in, an answer out. What is missing is never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from skewcheck import wording
from skewcheck.gating import Demands, Waiver
from skewcheck.nights import StoredFinding, StoredRun
from skewcheck.profile import Profile
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.verdict import Outcome, worst

DAY = 86400
NAME = 60
NAMED = 4
OPEN = (Outcome.FAIL, Outcome.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Condition:
    """One demand: its outcome, what was found, and what would meet it (empty where it is met)."""

    name: str
    outcome: Outcome
    found: str
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """The answer: its conditions, and remarks (waivers in use, expired, of no use)."""

    conditions: tuple[Condition, ...]
    remarks: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the worst outcome of the conditions; no condition is inconclusive."""
        found = worst(condition.outcome for condition in self.conditions)
        return Outcome.INCONCLUSIVE if found is Outcome.UNJUDGED else found

    @property
    def exit_code(self) -> int:
        """Return 0 (open), 1 (failed) or 3 (not enough evidence)."""
        return {Outcome.PASS: 0, Outcome.WARN: 0, Outcome.FAIL: 1}.get(self.outcome, 3)

    @property
    def sentence(self) -> str:
        """Return the answer in one sentence, with what would turn it green."""
        if self.exit_code == 0:
            return "GATE PASS: shadow mode may be turned off"
        word = "FAIL" if self.outcome is Outcome.FAIL else "INCONCLUSIVE"
        wanted = "; ".join(c.wanted for c in self.conditions if c.wanted)
        return f"GATE {word}: it would turn green with {wanted}"


@dataclass(frozen=True, slots=True)
class Night:
    """One run with its findings; ``profile`` is serve's, None where it cannot be read."""

    run: StoredRun
    findings: Sequence[StoredFinding]
    profile: Profile | None


def gate(
    nights: Sequence[Night],
    demands: Demands,
    *,
    required: Iterable[str] = (),
    waivers: Sequence[Waiver] = (),
    troubles: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Gate:
    """Return whether the last of these nights, given oldest first, open the gate.

    ``required`` are the failure modes that must have evidence, ``troubles`` files of the history
    that could not be read: what they hold is unknown, so they are never a pass.
    """
    moment = now or datetime.now(UTC)
    if not nights:
        return Gate((Condition("nights", Outcome.INCONCLUSIVE, "none", "a first run"),))
    valid = [w for w in waivers if w.until >= moment.date()]
    asked = nights[-max(1, demands.nights) :]
    conditions = [
        *_verdicts(asked, valid),
        *_counts(asked, demands),
        *_modes(asked[-1].run, required),
        *_baseline(asked, demands),
        *_version(asked, demands),
        *_fresh(asked[-1].run, demands, moment),
        *_shrunken(nights, demands),
        *_readable(troubles or {}),
    ]
    return Gate(tuple(conditions), tuple(_remarks(asked, waivers, moment)))


def _open(night: Night, waivers: Sequence[Waiver], outcome: Outcome) -> list[StoredFinding]:
    """Return the findings of an outcome that no waiver covers."""
    return [
        f
        for f in night.findings
        if f.outcome is outcome and not any(w.covers(f.column, f.check) for w in waivers)
    ]


def _verdicts(nights: Sequence[Night], waivers: Sequence[Waiver]) -> Iterator[Condition]:
    """Yield whether no night fails, and whether the last one passes."""
    for night in nights:
        failing = _open(night, waivers, Outcome.FAIL)
        own = [f for f in night.findings if f.outcome is Outcome.FAIL]
        if failing or (night.run.outcome is Outcome.FAIL and not own):
            names = _names(failing) or safe(night.run.reason, 200)
            wanted = f"{names} in order on the night {_label(night)}"
            yield Condition("verdict", Outcome.FAIL, f"{_label(night)}: fail ({names})", wanted)
    last = nights[-1]
    undecided = _open(last, waivers, Outcome.INCONCLUSIVE)
    waived = [f for f in last.findings if f.outcome in OPEN]
    if undecided or (last.run.outcome is Outcome.INCONCLUSIVE and not waived):
        names = _names(undecided) or safe(last.run.reason, 200)
        found = f"{_label(last)}: undecided ({names})"
        yield Condition("evidence", Outcome.INCONCLUSIVE, found, f"more rows that decide {names}")
    elif not last.findings:
        found = f"{_label(last)}: nothing was judged"
        yield Condition("evidence", Outcome.INCONCLUSIVE, found, "columns that are judged")
    else:
        yield Condition("evidence", Outcome.PASS, f"{_label(last)}: decided")


def _names(findings: Sequence[StoredFinding]) -> str:
    return wording.listed([safe(n, NAME) for n in dict.fromkeys(f.column for f in findings)], NAMED)


def _label(night: Night) -> str:
    return safe(night.run.when, 80)


def _counts(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    rows = sum(int(night.run.serve["rows"]) for night in nights)
    days = {day for night in nights for day in _days(night.run)}
    pairs = sum(night.run.paired for night in nights)
    labels = sum(_labels(night.profile) for night in nights) if demands.labels else 0
    found = (
        ("nights", len(nights), demands.nights, "night"),
        ("rows", rows, demands.rows, "row"),
        ("days", len(days), demands.days, "day"),
        ("pairs", pairs, demands.pairs, "pair"),
        ("labels", labels, demands.labels, "label"),
    )
    for name, have, wanted, what in found:
        if not wanted:
            continue
        told = f"{wording.count(have)} of {wording.rows(wanted, what)}"
        if have >= wanted:
            yield Condition(name, Outcome.PASS, told)
        else:
            more = f"{wording.rows(wanted - have, f'more {what}')}"
            yield Condition(name, Outcome.INCONCLUSIVE, told, more)


def _days(run: StoredRun) -> range:
    """Return the days that a run covers."""
    if run.span is None:
        return range(0)
    return range(int(run.span.first // DAY), int(run.span.last // DAY) + 1)


def _labels(profile: Profile | None) -> int:
    return sum(profile.groups.get("label", {}).values()) if profile else 0


def _modes(run: StoredRun, required: Iterable[str]) -> Iterator[Condition]:
    for mode in required:
        outcome = run.modes.get(mode, Outcome.UNJUDGED)
        if outcome in (Outcome.PASS, Outcome.WARN, Outcome.FAIL):
            continue  # a failing one fails by its findings
        yield Condition(mode, Outcome.INCONCLUSIVE, "no evidence", f"evidence for {mode}")


def _baseline(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    """Yield whether every night was held against the one train that the policy names."""
    found = list(dict.fromkeys(str(night.run.train.get("fingerprint")) for night in nights))
    wanted = demands.baseline or found[-1]
    if found == [wanted]:
        told = f"train is {safe(wanted, NAME)}"
        yield Condition("baseline", Outcome.PASS, told)
    else:
        told = f"train is {', '.join(safe(one, NAME) for one in found)}"
        more = f"the baseline {safe(wanted, NAME)} on every night, or that in the policy changed"
        yield Condition("baseline", Outcome.FAIL, told, more)


def _version(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    if not demands.model_version:
        return
    wanted = safe(demands.model_version, NAME)
    for night in nights:
        seen = _versions(night.profile)
        if seen == {demands.model_version}:
            continue
        told = ", ".join(safe(one, NAME) for one in sorted(seen)) or "unknown"
        outcome = Outcome.FAIL if seen else Outcome.INCONCLUSIVE
        found = f"{_label(night)}: model version {told}"
        yield Condition("model version", outcome, found, f"only model version {wanted} in the log")
        return
    yield Condition("model version", Outcome.PASS, wanted)


def _versions(profile: Profile | None) -> set[str]:
    """Return the model versions that a night's log holds."""
    found: set[str] = set()
    for name, column in (profile.roles if profile else {}).items():
        if column.role is Role.VERSION and profile and name in profile.columns:
            counts = profile.columns[name].categories.counts
            found |= set(counts or {"(too many)"})
    return found


def _fresh(run: StoredRun, demands: Demands, now: datetime) -> Iterator[Condition]:
    if demands.fresh is None:
        return
    last = run.serve.get("last")
    if last is None:
        yield Condition("fresh", Outcome.INCONCLUSIVE, "no time in the log", "a time on each event")
        return
    age = now.timestamp() - float(last)
    told = f"the last event is {age / 3600:,.0f} h old"
    if age <= demands.fresh:
        yield Condition("fresh", Outcome.PASS, told)
    else:
        hours = demands.fresh / 3600
        yield Condition("fresh", Outcome.INCONCLUSIVE, told, f"logs younger than {hours:,.0f} h")


def _shrunken(nights: Sequence[Night], demands: Demands) -> Iterator[Condition]:
    earlier = [int(night.run.serve["rows"]) for night in nights[:-1]]
    if not earlier or not demands.shrink:
        return
    usual, last = median(earlier), int(nights[-1].run.serve["rows"])
    told = f"{wording.rows(last)} on the last night, usually {wording.count(round(usual))}"
    if last >= demands.shrink * usual:
        yield Condition("row count", Outcome.PASS, told)
    else:
        least = wording.rows(round(demands.shrink * usual))
        yield Condition("row count", Outcome.INCONCLUSIVE, told, f"at least {least} a night")


def _readable(troubles: Mapping[str, str]) -> Iterator[Condition]:
    for name, reason in troubles.items():
        told = f"{safe(name, 120)} {safe(reason, 200)}"
        yield Condition("history", Outcome.INCONCLUSIVE, told, f"{safe(name, 120)} out of the way")


def _remarks(nights: Sequence[Night], waivers: Sequence[Waiver], now: datetime) -> Iterator[str]:
    for waiver in waivers:
        subject = safe(waiver.column, NAME) + (f", {safe(waiver.check)}" if waiver.check else "")
        who = f"{safe(waiver.reason, 200)} ({safe(waiver.owner, NAME)}, until {waiver.until})"
        used = any(
            f.outcome in OPEN and waiver.covers(f.column, f.check)
            for night in nights
            for f in night.findings
        )
        if waiver.until < now.date():
            yield f"expired waiver of {subject}: {who}"
        elif used:
            yield f"waived: {subject}: {who}"
        else:
            yield f"waiver of no use: {subject}: nothing of it fails; take it out"
