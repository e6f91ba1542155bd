"""Waivers at work, and what a reader of the answer should know besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from skewcheck import wording
from skewcheck.gate.answer import NAME, OPEN, Night
from skewcheck.gating import Demands, Waiver
from skewcheck.sanitize import safe

NO_DEMANDS = Demands()


def remarks(
    nights: Sequence[Night], demands: Demands, waivers: Sequence[Waiver], now: datetime
) -> Iterator[str]:
    """Yield what became of each waiver, and what was not asked for."""
    for waiver in waivers:
        subject = safe(waiver.column, NAME) + (f", {safe(waiver.check)}" if waiver.check else "")
        who = f"{safe(waiver.reason, 200)} ({safe(waiver.owner, NAME)}, until {waiver.until})"
        if waiver.until < now.date():
            yield f"expired waiver of {subject}: {who}"
        elif _used(waiver, nights):
            yield f"waived: {subject}: {who}"
        else:
            yield f"waiver of no use: {subject}: nothing of it fails; take it out"
    if demands == NO_DEMANDS:
        yield "no [gate] in the policy: nothing was asked but the verdict of the last night"
    last = nights[-1].run.serve.get("last")
    if demands.fresh is None and last is not None:
        days = int(max(0.0, now.timestamp() - float(last)) // 86_400)
        if days:
            yield f"the last event is {wording.rows(days, 'day')} old, and no gate.fresh asks of it"


def _used(waiver: Waiver, nights: Sequence[Night]) -> bool:
    return any(
        finding.outcome in OPEN and waiver.covers(finding.column, finding.check)
        for night in nights
        for finding in night.findings or ()
    )
