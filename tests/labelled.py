"""Two sides with a score and a label, made up: calibrated, and what can go wrong with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2026, 3, 1)


def side(rows: int, seed: int, fault: str = "", *, labelled: float = 1.0) -> pl.DataFrame:
    """Return rows over ten days; ``fault`` is ``shuffled``, ``halved`` or ``turned`` scores."""
    chance = np.random.default_rng(seed)
    x, z = chance.normal(size=(2, rows))
    promised = 1 / (1 + np.exp(1 - x - z / 2))
    outcome = chance.random(rows) < promised
    score = {
        "": promised,
        "shuffled": chance.permutation(promised),
        "halved": promised / 2,
        "turned": 1 - promised,
    }[fault]
    known = chance.random(rows) < labelled
    minutes = np.sort(chance.uniform(0, 14_400, rows))
    return pl.DataFrame(
        {
            "id": [f"{seed}-{row}" for row in range(rows)],
            "event_time": [START + timedelta(minutes=float(m)) for m in minutes],
            "x": x,
            "z": z,
            "score": score,
            "label": [int(y) if k else None for y, k in zip(outcome, known, strict=True)],
        }
    )
