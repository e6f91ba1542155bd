"""An old value: serve is what train held at an earlier event of the same entity.

Tested on the rows of some entities (customers, devices: the column with the role `entity`) in
order of time. In the rows that differ and have an earlier event, serve must be train's value at
one of the entity's ten events before. Rows that agree say nothing: most values do not change. It
is claimed where ten such rows are explained and clearly more than by luck; luck is the same search
among the entity's later events, or in rows of anybody. One and the same value in all differing
rows is a fill, not an old value. The lag is told in events where one lag explains nearly all, and
as the median time.

It can be wrong the other way round: a train that saw the future (its features were built after the
event) looks the same, because only the distance between the two sides can be seen. A counter that
lags by one is as well a constant added. Check the refresh time of the feature store, and for a few
rows of the query the value's history.
"""

from __future__ import annotations

from collections.abc import Iterator

from skewcheck.causes import Claim, Context, Pair, ident
from skewcheck.causes._duration import spoken
from skewcheck.causes._lags import Lag, window
from skewcheck.causes._neighbours import Rows, lots

TITLE = "an old value"
COMPLEXITY = 3.0
REACH = 10  # events to look back
REASON = "read from a store that is refreshed late, or did train see the future?"


def on_pairs(pair: Pair, context: Context) -> Iterator[Claim]:
    """Yield that serve is train at an earlier event of the entity."""
    for aligned in lots(context, "entity"):
        rows = Rows.of(pair.name, aligned)
        lag = rows and window(rows, REACH, 1)
        if lag:
            x = ident(pair.name)
            yield Claim(
                _words(lag), REASON, f"t.{x} IS DISTINCT FROM s.{x}",
                explains=lag.explains, chance=lag.chance,
            )  # fmt: skip


def _words(lag: Lag) -> str:
    which = {1: "the entity's previous event"}.get(lag.rows, f"the entity {lag.rows} events before")
    if not lag.single:
        which = "an earlier event of the entity"
    ago = f" (median lag {spoken(lag.seconds)})" if lag.seconds == lag.seconds else ""
    return f"serve = train of {which}{ago}"
