"""A newer value: serve is what train holds only at a later event of the same entity.

The mirror of `stale`: in the rows that differ and have a later event, serve must be train's value
at one of the entity's ten events after, in ten rows at least and clearly more often than among the
events before. One side counts the event itself (or what came after it) and the other does not.

It can be wrong the other way round, for only the distance of the two sides can be seen: train may
be behind. Check in which order each side updates the feature and writes the row.
"""

from __future__ import annotations

from collections.abc import Iterator

from skewcheck.causes import Claim, Context, Pair, ident
from skewcheck.causes._duration import spoken
from skewcheck.causes._lags import Lag, window
from skewcheck.causes._neighbours import Rows, lots

TITLE = "a value of a later event"
COMPLEXITY = 3.25
REACH = 10  # events to look ahead
REASON = "does serve count the event itself, or is train behind?"


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield that serve is train at a later event of the entity."""
    for aligned in lots(context, "entity"):
        rows = Rows.of(pair.name, aligned)
        lag = rows and window(rows, REACH, -1)
        if lag:
            x = ident(pair.name)
            yield Claim(
                _words(lag), REASON, f"t.{x} IS DISTINCT FROM s.{x}",
                explains=lag.explains, chance=lag.chance,
            )  # fmt: skip


def _words(lag: Lag) -> str:
    which = {-1: "the entity's next event"}.get(lag.rows, f"the entity {-lag.rows} events later")
    if not lag.single:
        which = "a later event of the entity"
    ahead = f" (median {spoken(lag.seconds)} later)" if lag.seconds == lag.seconds else ""
    return f"serve = train of {which}{ahead}"
