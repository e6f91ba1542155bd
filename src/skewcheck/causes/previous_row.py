"""The neighbour's value: serve is what train holds one to three rows before or after in the log.

Tested on runs of rows that stand one after the other in the log, whoever they belong to. One lag
must explain ten of the differing rows and clearly more than luck; luck is the best of the lags in
the other direction, of rows ten to twelve away and of any rows, so a column that changes slowly
along the log does not pass for a shifted one.

It can be wrong where the log is sorted by customer: then the row before is the customer's earlier
event, and `stale` says so. It is not seen where the log is in another order than the batches.
Check how features are put beside requests in a batch: an index off by one, a row too many.
"""

from __future__ import annotations

from collections.abc import Iterator

from skewcheck.causes import Claim, Context, Pair, ident
from skewcheck.causes._lags import one
from skewcheck.causes._neighbours import Rows, lots

TITLE = "the value of a neighbouring row"
COMPLEXITY = 3.5
LAGS = (1, -1, 2, -2, 3, -3)
FAR = (10, -10, 11, -11, 12, -12)


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield that serve is train a few rows before or after in the log."""
    for aligned in lots(context, "order"):
        rows = Rows.of(pair.name, aligned)
        lag = rows and one(rows, LAGS, FAR)
        if lag:
            x = ident(pair.name)
            yield Claim(
                f"serve = train of {_which(lag.rows)}", "an off-by-one in the batch?",
                f"t.{x} IS DISTINCT FROM s.{x}", explains=lag.explains, chance=lag.chance,
            )  # fmt: skip


def _which(lag: int) -> str:
    if abs(lag) == 1:
        return "the row before in the log" if lag > 0 else "the next row in the log"
    return f"{abs(lag)} rows {'before' if lag > 0 else 'after'} in the log"
