"""A report as bytes that any later moment can set in type again, without data and without run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from skewcheck.charts import Chart
from skewcheck.closeup import Closeup
from skewcheck.detail import Detail
from skewcheck.errors import InputError
from skewcheck.report import Report
from skewcheck.tree import Unreadable, pack, reachable, unpack

FORMAT = 1
MARK = b"skewcheck report "  # what the bytes start with; then the format and the end of the line
INCOMPLETE = "The run that was to be kept here has not finished. There is no verdict.\n"
HINT = "give a file that compare --save or compare --history wrote, or its folder"


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that is kept of a report."""

    report: Report
    charts: Mapping[str, Chart]
    closeups: Mapping[str, Closeup]
    parity: Mapping[str, Mapping[str, Any]]


def encode(report: Report) -> bytes:
    """Return the report as bytes, with all charts and closeups: ``decode`` gives it back."""
    whole = _Whole(report, report.charts, report.closeups, report.parity)
    return MARK + str(FORMAT).encode() + b"\n" + pack(whole, _classes())


def decode(content: bytes, file: str) -> Report:
    """Return the report that the bytes hold; ``file`` is where they are from, for messages.

    Raises:
        InputError: they are no report, damaged, or of a version too different from this one.
    """
    if content == INCOMPLETE.encode():
        raise InputError("its run has not finished", file=file, hint="compare again")
    head, end, packed = content[:64].partition(b"\n")
    if not head.startswith(MARK) or not end:
        raise InputError("is no run that skewcheck kept", file=file, hint=HINT)
    written = head[len(MARK) :].decode("ascii", "replace")
    if written != str(FORMAT):
        found = f"holds a report of format {written!r}, this version reads {FORMAT}"
        raise InputError(found, file=file, hint="use the version of skewcheck that kept it")
    try:
        whole = unpack(packed + content[64:], _classes())
    except Unreadable as error:
        hint = "keep the run again, or use the version of skewcheck that kept it"
        raise InputError(f"its report cannot be read: {error}", file=file, hint=hint) from error
    if not isinstance(whole, _Whole):
        raise InputError("is no run that skewcheck kept", file=file, hint=HINT)
    detail = Detail(lambda: whole.charts, lambda: whole.closeups, lambda: whole.parity)
    return replace(whole.report, detail=detail)


def render(report: Report) -> bytes:
    """Return what ``encode`` does: to the command line it is an output like the formats."""
    return encode(report)


@cache
def _classes() -> tuple[type, ...]:
    return reachable(_Whole)
