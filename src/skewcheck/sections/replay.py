"""The model asked again: whether the scoring code is right, and which features move the score."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skewcheck import wording
from skewcheck.layout import Listing, Section
from skewcheck.replay.movement import Movement
from skewcheck.replay.rerun import Replay
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.verdict import Judgement, Outcome, worst

ORDER = 25
NAME = 40  # width of a name
MOST = 20  # features that are listed
WRONG = (Outcome.FAIL, Outcome.WARN)
TOLD = {
    (Outcome.PASS, Outcome.FAIL): "The scoring code is right and the features are wrong: logged "
    "scores are the model's answers to logged features, which are not those of the paired rows.",
    (Outcome.FAIL, Outcome.PASS): "The features are right and the scoring is wrong: logged "
    "features are those of the paired rows, but the scores are not the model's answers to them.",
    (Outcome.FAIL, Outcome.FAIL): "Features and scoring are both wrong: mend the scoring first, it "
    "is independent of the features.",
    (Outcome.PASS, Outcome.PASS): "Features and scoring are both right, row by row.",
}
ALONE = {
    Outcome.PASS: "The scoring code is right: logged scores are the model's answers to the logged "
    "features.",
    Outcome.FAIL: "The scoring is wrong: logged scores are not the model's answers to the logged "
    "features; another model, another order of columns or another preparation answered.",
}


def section(run: Run) -> Section | None:
    """Return what the model said when it was asked again; None where it was not."""
    found = run.replay
    if found is None:
        return None
    outcome = _outcome(run, "replay_parity", Role.SCORE)
    return Section(
        "replay",
        "The model asked again",
        tuple(_sentences(run, found, outcome)),
        outcome,
        tuple(_parts(found, run.policy.level)),
        _data(found, run.policy.level),
    )


def _outcome(run: Run, check: str, role: Role) -> Outcome:
    """Return the worst outcome of a check on all columns of a role as a whole."""
    judged: Iterable[Judgement] = (
        j
        for name, js in run.verdict.columns.items()
        if run.schema.role(name) is role
        for j in js
        if j.finding.check == check
    )
    return worst(j.outcome for j in judged)


def _sentences(run: Run, found: Replay, outcome: Outcome) -> Iterable[str]:
    features = _outcome(run, "row_parity", Role.FEATURE)
    code, feature = (Outcome.FAIL if x in WRONG else x for x in (outcome, features))
    if told := TOLD.get((code, feature)) or ALONE.get(code):
        yield told
    parity, score = found.parity, safe(found.parity.score, NAME)
    asked = f"{safe(found.model, 80)} ({found.kind}), {safe(found.output, 120)}"
    rows = wording.rows(parity.rows, "logged score")
    yield f"Asked again: {asked}; {wording.count(parity.differing)} of {rows} ({score}) differ."
    if parity.link is not None:
        share = wording.percent(parity.link.share)
        yield f"The logged score is {safe(parity.link.name, 120)} on {share} of the rows."
    if found.together is not None and found.ranking:
        first = found.ranking[0]
        yield (
            f"Swapping {safe(first.feature, NAME)} alone from serve to offline moves the score by "
            f"{wording.number(first.absolute, 3)} on average, all features together by "
            f"{wording.number(found.together.absolute, 3)}, over "
            f"{wording.rows(found.pairs, 'pair')}."
        )
    if found.lacking:
        names = wording.listed([safe(name, NAME) for name in found.lacking])
        yield f"The paired rows lack {names}: they were not swapped."
    yield from (safe(note, 300) for note in found.notes)


def _parts(found: Replay, level: float) -> Iterable[Listing]:
    if not found.ranking:
        return
    head = ["feature", "rows differing", "mean |change|", "interval", "mean change"]
    shown = [*found.ranking[:MOST], *([found.together] if found.together else [])]
    decided = any(m.flips is not None for m in shown)
    rows = tuple((*_row(m, level), *([_flips(m, level)] if decided else [])) for m in shown)
    title = "Score movement by feature, swapped from serve to offline one at a time"
    last = ["decisions flipped"] if decided else []
    yield Listing(title, (*head, *last), rows, frozenset(range(1, len(head) + len(last))))


def _row(m: Movement, level: float) -> tuple[str, ...]:
    low, high = m.bounds(level)
    return (
        safe(m.feature, NAME),
        wording.percent(m.changed / m.rows),
        wording.number(m.absolute, 3),
        f"{wording.number(low, 3)} to {wording.number(high, 3)}",
        f"{'+' if m.signed > 0 else ''}{wording.number(m.signed, 3)}",
    )


def _flips(m: Movement, level: float) -> str:
    share = m.flipped
    if share is None:
        return ""
    low, high = (wording.percent(end) for end in share.bounds(level))
    return f"{wording.percent(share.value)} ({low} to {high})"


def _data(found: Replay, level: float) -> dict[str, Any]:
    parity = found.parity
    return {
        "model": found.model,
        "kind": found.kind,
        "output": found.output,
        "score": parity.score,
        "rows": parity.rows,
        "differing": parity.differing,
        "without_a_score": parity.unscored,
        "link": parity.link.name if parity.link else None,
        "pairs": found.pairs,
        "ranking": [_movement(m, level) for m in found.ranking],
        "together": _movement(found.together, level) if found.together else None,
        "lacking": list(found.lacking),
        "notes": list(found.notes),
    }


def _movement(m: Movement, level: float) -> dict[str, Any]:
    low, high = m.bounds(level)
    numbers = {"absolute": m.absolute, "low": low, "high": high, "signed": m.signed}
    kept = {key: x if x == x and abs(x) != float("inf") else None for key, x in numbers.items()}
    counts = {"rows": m.rows, "changed": m.changed, "flips": m.flips, "up": m.up}
    return {"feature": m.feature, **kept, **counts}
