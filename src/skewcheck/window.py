"""When marked rows live: since a moment, until one, or between two."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skewcheck.statistics.scan import (
    Counts,
    dispersion,
    evidence,
    far,
    likelihood,
    steepest,
)
from skewcheck.summaries.places import MINUTE, Places


@dataclass(frozen=True, slots=True)
class Moment:
    """When the share of marked rows changed, in seconds since 1970.

    ``at`` is the best estimate, ``low`` to ``high`` hold the moment with probability 1 - level.
    Rows before and after are those next to the moment: up to the other moment, if there is one.
    """

    at: float
    low: float
    high: float
    marked_before: int
    rows_before: int
    marked_after: int
    rows_after: int
    p: float


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which the marks live: from ``since``, to ``until``, where there is such an end.

    ``marked`` and ``rows`` are those inside, to the span of time that the moment lies in. ``p``
    is the chance that random marks name any window with such evidence; ``trials`` the number of
    windows among which this one was chosen.
    """

    since: Moment | None
    until: Moment | None
    marked: int
    rows: int
    marked_outside: int
    rows_outside: int
    p: float
    trials: int


Ends = tuple[int, int]  # of a window of spans, the second one excluded


@dataclass(frozen=True, slots=True)
class _Rated:
    """A window, its p, its log-likelihood ratio, and how the marks clump inside and out."""

    ends: Ends
    p: float
    gain: float
    clump: float
    trials: int


@dataclass(frozen=True, eq=False)
class Timeline:
    """Marked and all rows per span of time, spans without a row left out."""

    spans: Counts
    x: Counts
    n: Counts
    width: float
    marked: Places
    rows: Places

    @classmethod
    def of(cls, marked: Places, rows: Places) -> Timeline | None:
        """Return the timeline of two places; None when no marked row has a time.

        Raises ValueError when a span holds more marked rows than rows.
        """
        step = max(marked.step, rows.step)
        counts, totals = marked.spans(step), rows.spans(step)
        if not counts:
            return None
        if not counts <= totals:
            raise ValueError(
                "more marked rows than rows in a span of time: expected a part of them"
            )
        spans = sorted(totals)
        x, n = (np.array([c[s] for s in spans], np.int64) for c in (counts, totals))
        return cls(np.array(spans, np.int64), x, n, MINUTE * 2**step, marked, rows)

    @property
    def trials(self) -> int:
        """The number of windows that might be named: steps, and windows with two ends."""
        return 2 * (len(self.spans) - 1) + math.comb(len(self.spans) - 1, 2)

    def window(self, level: float) -> Window | None:
        """Return the window that holds the marks, beyond chance at half the level; or None."""
        found = [self._rated(ends) for ends in self._candidates()]
        named = [rated for rated in found if rated is not None and rated.p < level]
        if not named:
            return None
        # One measure of clumping for all: a second end must be worth its trials, no more.
        clump = min(rated.clump for rated in named)
        best = max(named, key=lambda rated: rated.gain - clump * math.log(rated.trials))
        return self._window(best, level)

    def clump(self, window: Window | None) -> float:
        """Return how much the marks clump in time, beyond what the window explains."""
        if window is None:
            return self._clump((0, len(self.spans)))
        start = window.since.at if window.since else -math.inf
        end = window.until.at if window.until else math.inf
        i = int(np.searchsorted((self.spans + 1) * self.width, start, side="right"))
        j = int(np.searchsorted(self.spans * self.width, end, side="left"))
        return self._clump((i, j))

    def _clump(self, ends: Ends) -> float:
        inside = np.zeros(len(self.spans), np.bool_)
        inside[slice(*ends)] = True
        return dispersion((self.x[rows], self.n[rows]) for rows in (inside, ~inside))

    def _candidates(self) -> Iterator[Ends]:
        """Yield the most likely step of either kind, and the most likely window."""
        last = len(self.spans)
        if last < 2:
            return
        steps = [(k, last) for k in range(1, last)] + [(0, k) for k in range(1, last)]
        gains = self._gains(np.array(steps))
        yield steps[int(gains[: last - 1].argmax())]
        yield steps[last - 1 + int(gains[last - 1 :].argmax())]
        i, j = steepest(self.x, self.n)
        if i > 0 and j < last:
            yield i, j

    def _rated(self, ends: Ends) -> _Rated | None:
        """Return the window and how sure it is; None for a window of little effect."""
        x, n = self._inside(np.array([ends]))
        marked, rows = int(self.x.sum()), int(self.n.sum())
        if not far(x, n, self.marked.count, (marked, rows))[0]:
            return None
        last, clump = len(self.spans), self._clump(ends)
        step = ends[0] == 0 or ends[1] == last
        trials = 4 * (2 * (last - 1) if step else math.comb(last - 1, 2))
        nats = float(evidence(x, n, marked, rows)[0]) / clump
        p = math.exp(min(0.0, math.log(trials) - nats))
        return _Rated(ends, p, float(likelihood(x, n, marked, rows)[0]), clump, trials)

    def _window(self, best: _Rated, level: float) -> Window:
        (i, j), p = best.ends, best.p
        last = len(self.spans)
        parts = [(int(c[:i].sum()), int(c[i:j].sum()), int(c[j:].sum())) for c in (self.x, self.n)]
        (x0, x1, x2), (n0, n1, n2) = parts
        # Siegmund (1988): the likelihood ratio at the true change is this far below its maximum.
        reach = -math.log1p(-math.sqrt(1.0 - level)) * best.clump
        since = until = None
        if i > 0:
            low, high = self._ends([(k, j) for k in range(j)], 0, reach)
            at = float(self.spans[i]) * self.width
            if x0 == 0:
                at = high = self.marked.first
            since = Moment(min(max(at, low), high), min(low, at), high, x0, n0, x1, n1, p)
        if j < last:
            low, high = self._ends([(i, k) for k in range(i + 1, last + 1)], 1, reach)
            at = float(self.spans[j - 1] + 1) * self.width
            if x2 == 0:
                at = low = self.marked.last
            until = Moment(min(max(at, low), high), low, max(high, at), x1, n1, x2, n2, p)
        return Window(since, until, x1, n1, x0 + x2, n0 + n2, p, best.trials)

    def _ends(self, windows: list[Ends], side: int, reach: float) -> tuple[float, float]:
        """Return from when to when one end of the windows may be; it may split a span."""
        gains = self._gains(np.array(windows))
        near = np.flatnonzero(gains >= gains.max() - reach)
        first, last = windows[int(near[0])][side], windows[int(near[-1])][side]
        low = float(self.spans[max(first - 1, 0)]) * self.width
        high = float(self.spans[min(last, len(self.spans) - 1)] + 1) * self.width
        return max(low, self.rows.first), min(high, self.rows.last)

    def _gains(self, windows: Counts) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return likelihood(*self._inside(windows), int(self.x.sum()), int(self.n.sum()))

    def _inside(self, windows: Counts) -> tuple[Counts, Counts]:
        x, n = (upto[windows[:, 1]] - upto[windows[:, 0]] for upto in self._upto)
        return x, n

    @cached_property
    def _upto(self) -> tuple[Counts, Counts]:
        x, n = (np.concatenate(([0], np.cumsum(c))) for c in (self.x, self.n))
        return x, n
