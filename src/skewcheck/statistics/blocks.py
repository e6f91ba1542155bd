"""How far rows of one day, or of one customer, resemble each other: variances from counts by group.

Every function takes (groups x cells) counts of one column. The variance of a share over groups,
less what independent rows would show, is the excess; a `Design` holds it for one comparison and
answers by how much it inflates the variance of any share (Kish 1965: the design effect).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Groups = NDArray[np.int64]

#: Blocks below which the variation between them cannot be estimated.
FEWEST = 4
#: Blocks to aim at: below, a single odd block decides, and t quantiles at small levels explode.
ENOUGH = 8
#: Rows a cell must hold in the smaller side for its variance to mean anything.
EXPECTED = 5.0


def blocks(days: Groups, length: int) -> Groups:
    """Return the counts of consecutive blocks of `length` days, the first days left over cut off.

    `days` has one row per day, in order. Raises ValueError for a length below 1.
    """
    if length < 1:
        raise ValueError(f"blocks of {length} days: expected at least 1")
    whole = len(days) // length
    kept = days[len(days) - whole * length :]
    summed: Groups = kept.reshape(whole, length, days.shape[1]).sum(axis=1)
    return summed


def block_length(days: int, window: int) -> int:
    """Return the days per block that stand for a window of `window` days: it, where 8 fit.

    Shorter blocks vary at least as much as the window, so they err on the safe side; with fewer
    than 8 blocks the variance would hang on one of them.
    """
    return max(1, min(window, days // ENOUGH))


@dataclass(frozen=True, eq=False)
class Excess:
    """An estimated covariance of the difference of shares, and what independent rows would show.

    Both are (cells x cells), in squared shares; `estimated` has `df` degrees of freedom.
    """

    estimated: Matrix
    independent: Matrix
    df: float

    @property
    def beyond(self) -> Matrix:
        """The part that independent rows do not explain; not positive definite, for it is noisy."""
        return self.estimated - self.independent


def between_days(blocks: Groups) -> Excess | None:
    """Return the excess of a block to come over the mean of these, None for fewer than 4 blocks.

    Around a straight line through train: the slow course of a season is no noise, serve at its far
    end has drifted. A block counts by its rows, so a day cut short does not inflate it. The factor
    `1 + 1/K` is that of a prediction (the mean of K blocks is itself an estimate).
    """
    rows = blocks.sum(axis=1).astype(np.float64)
    held = blocks[rows > 0]
    rows = rows[rows > 0]
    count = len(rows)
    if count < FEWEST:
        return None
    shares = held.sum(axis=0) / rows.sum()
    off = held - np.outer(rows, shares)
    time = np.arange(count) - 0.5 * (count - 1)
    line = time / math.sqrt(float(time @ time))
    rest = off - np.outer(line, line @ off)
    # What is left of each block's own variance, once the mean and the line are taken out.
    left = 1.0 - line**2 - rows / rows.sum()
    scale = (1.0 + 1.0 / count) / float(rows**2 @ left)
    own = multinomial(shares) * (float(rows @ left) * scale)
    return Excess(rest.T @ rest * scale, own, count - 2.0)


def between_buckets(*sides: Groups) -> Excess | None:
    """Return the excess from groups of customers, the variances of all sides given summed.

    Groups are independent lots of customers (hash buckets), each a (buckets x cells) count. None
    where a side has fewer than 4 buckets with rows.
    """
    estimated, independent, spread = [], [], 0.0
    for counts in sides:
        rows = counts.sum(axis=1).astype(np.float64)
        count, total = int(np.count_nonzero(rows)), rows.sum()
        if count < FEWEST:
            return None
        shares = counts.sum(axis=0) / total
        off = (counts - np.outer(rows, shares)) / total
        scale = count / (count - 1.0)
        own = scale * (1.0 - float(((rows / total) ** 2).sum())) / total
        estimated.append(off.T @ off * scale)
        independent.append(multinomial(shares) * own)
        spread += float(np.trace(estimated[-1])) ** 2 / (count - 1.0)
    summed = sum(estimated[1:], start=estimated[0])
    df = float(np.trace(summed)) ** 2 / spread if spread else 1.0
    return Excess(summed, sum(independent[1:], start=independent[0]), df)


def multinomial(shares: Matrix) -> Matrix:
    """Return the covariance of the shares of one independent row."""
    covariance: Matrix = np.diag(shares) - np.outer(shares, shares)
    return covariance


@dataclass(frozen=True)
class Factor:
    """A design effect, 1 or more, and the degrees of freedom of its estimate (inf: known)."""

    deff: float = 1.0
    df: float = float("inf")


@dataclass(frozen=True)
class Noise:
    """Second-order Rao-Scott: under no skew, X/g is chi-square with `total / g` degrees.

    X is the divergence in units of `1/n + 1/m`; `total` is its mean, `g` the weighted mean of the
    design effects of all directions, `df` the degrees of freedom of these estimates.
    """

    total: float
    g: float
    df: float


@dataclass(frozen=True, eq=False)
class Design:
    """What dependence does to one comparison of two sides over the same cells.

    `train` and `serve` are the shares per cell, of `n_train` and `n_serve` rows; cells that are
    rare on the smaller side are held as one. `parts` are summed: what days and customers both
    explain counts twice, never too little.
    """

    train: Matrix
    serve: Matrix
    n_train: float
    n_serve: float
    parts: tuple[Excess, ...]

    def along(self, weights: Matrix) -> Factor:
        """Return the design effect of the mean of a weight per cell (1 and 0: of a share)."""
        base = float(weights @ multinomial(self.middle) @ weights) * self.s2
        if not base > 0.0:
            return Factor()
        return _factor([float(weights @ p.beyond @ weights) / base for p in self.parts], self.parts)

    def typical(self) -> Factor:
        """Return the mean design effect over all directions."""
        return _factor([trace / self.cells for trace in self._traces], self.parts)

    def noise(self, cells: int) -> Noise:
        """Return the moments of the divergence over `cells` cells (Rao and Scott 1984).

        A table of more cells than these is taken to hold as much more of it.
        """
        k, own = float(cells - 1), float(self.cells)
        grown = max(1.0, k / own)
        total = max(k, k + grown * sum(self._traces))
        relative = [self._relative(part.beyond) for part in self.parts]
        inflated = self._identity + sum(relative, start=np.zeros_like(self._identity))
        squares = float((inflated * inflated).sum()) - sum(map(self._chance, self.parts))
        second = max(k + grown * (squares - own), total * total / k)
        g = max(1.0, second / total)
        share = [max(0.0, trace) for trace in self._traces]
        summed = sum(share) or 1.0
        return Noise(total, g, _df(g, [(g - 1.0) * s / summed for s in share], self.parts))

    @property
    def s2(self) -> float:
        """The variance factor of independent rows, `1/n + 1/m`."""
        return 1.0 / self.n_train + 1.0 / self.n_serve

    @property
    def middle(self) -> Matrix:
        """The mean of both sides' shares."""
        return 0.5 * (self.train + self.serve)

    @property
    def cells(self) -> int:
        """The degrees of freedom of the cells that are told apart."""
        return max(1, len(self._fold) - 1)

    @property
    def _fold(self) -> Matrix:
        """Which cells a cell told apart is made of: the common ones, and all rare ones as one."""
        common = self.middle * min(self.n_train, self.n_serve) >= EXPECTED
        fold = np.eye(len(common))[common]
        rest = np.where(common, 0.0, 1.0)
        return np.vstack([fold, rest]) if rest @ self.middle > 0.0 else fold

    @property
    def _identity(self) -> Matrix:
        return self._relative(multinomial(self.middle) * self.s2)

    @property
    def _traces(self) -> list[float]:
        return [float(np.trace(self._relative(part.beyond))) for part in self.parts]

    def _relative(self, covariance: Matrix) -> Matrix:
        """Return a covariance in units of what independent rows show: the identity is theirs."""
        fold = self._fold
        root = 1.0 / np.sqrt(fold @ self.middle * self.s2)
        relative: Matrix = (fold @ covariance @ fold.T) * np.outer(root, root)
        return relative

    def _chance(self, part: Excess) -> float:
        """Return by how much the noise of an estimate inflates its sum of squares (Wishart)."""
        w = self._relative(part.estimated)
        squares, trace = float((w * w).sum()), float(np.trace(w))
        return squares - (squares - trace * trace / part.df) / (1.0 + 1.0 / part.df)


def of_marked(marked: Groups, rows: Groups) -> Factor:
    """Return the design effect of the share of marked rows, from both counts by bucket.

    That of independent rows where fewer than 4 buckets hold any, or all rows are marked, or none.
    """
    part = between_buckets(np.stack([marked, rows - marked], axis=1))
    own = 0.0 if part is None else float(part.independent[0, 0])
    if part is None or not own > 0.0:
        return Factor()
    return _factor([float(part.beyond[0, 0]) / own], (part,))


def _factor(excess: list[float], parts: tuple[Excess, ...]) -> Factor:
    deff = max(1.0, 1.0 + sum(excess))
    return Factor(deff, _df(deff, excess, parts))


def _df(deff: float, excess: list[float], parts: tuple[Excess, ...]) -> float:
    """Return Satterthwaite's degrees of freedom: only the excess is estimated."""
    spread = sum(max(0.0, e) ** 2 / part.df for e, part in zip(excess, parts, strict=True))
    return deff * deff / spread if spread > 0.0 and deff > 1.0 else float("inf")
