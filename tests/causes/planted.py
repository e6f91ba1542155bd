"""Mistakes of texts, types and fills to plant into a column, one or more per cause."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np

CITIES = ["Zürich", "São Paulo", "Köln", "Malmö", "Ćmielów", "New York", "Orléans", "Córdoba"]
CODES = ["us", "de", "fr", "it", "gb", "es", "at"]
NAMES = ["International Business", "General Electric Power", "Shop", "Intermarché Lyon", "A & B"]
WEIGHTS = [1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15]

Values = list[Any]
Mistake = Callable[[Any], Any]


def labels(names: list[str]) -> Callable[[np.random.Generator, int], Values]:
    weights = np.array(WEIGHTS[: len(names)])
    return lambda rng, n: [names[i] for i in rng.choice(len(names), n, p=weights / weights.sum())]


def numbers(rng: np.random.Generator, n: int) -> Values:
    return [round(v, 2) for v in rng.gamma(2.0, 30.0, n).tolist()]


def some_null(rng: np.random.Generator, n: int) -> Values:
    holes = rng.random(n) < 0.3
    return [None if hole else v for v, hole in zip(numbers(rng, n), holes, strict=True)]


def whole(rng: np.random.Generator, n: int) -> Values:
    return [float(v) for v in rng.integers(0, 90, n)]


def codes(rng: np.random.Generator, n: int) -> Values:
    return [f"{v:05d}" for v in rng.integers(0, 2_000, n)]


def flags(rng: np.random.Generator, n: int) -> Values:
    return ["true" if v else "false" for v in rng.random(n) < 0.3]


def days(rng: np.random.Generator, n: int) -> Values:
    start = datetime(2013, 1, 1)
    return [(start + timedelta(days=int(d))).strftime("%Y-%m-%d") for d in rng.integers(0, 365, n)]


def _date(form: str) -> Mistake:
    return lambda v: datetime.strptime(v, "%Y-%m-%d").strftime(form)


def _epoch(v: str) -> str:
    return str(int((datetime.strptime(v, "%Y-%m-%d") - datetime(1970, 1, 1)).total_seconds()))


def _european(v: float) -> str:
    return f"{v:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


NEW_NAMES = {code: f"k{i * 7}" for i, code in enumerate(CODES)}
OTHER = {"es", "at", "gb"}

# name -> (cause, values of train, mistake, part of the statement, also found without pairs)
PLANTED: dict[str, tuple[str, Callable[..., Values], Mistake, str, bool]] = {
    "upper": ("case", labels(CODES), str.upper, "upper case", True),
    "lower": ("case", labels(NAMES), str.lower, "lower case", True),
    "title": ("case", labels(["new york", "san jose", "los angeles"]), str.title, "every", True),
    "padded": ("whitespace", labels(CODES), lambda v: v.ljust(5), "trailing", True),
    "collapsed": ("whitespace", labels(["a  b", "c   d", "e"]), lambda v: " ".join(v.split()),
                  "single blanks", True),
    "no-break": ("whitespace", labels(NAMES), lambda v: v.replace(" ", "\u00a0"), "no-break", True),
    "unaccented": ("accents", labels([*CITIES[:4], "Nîmes"]), lambda v: v.translate(
        str.maketrans("üãöî", "uaoi")), "without accents", True),
    "mojibake": ("encoding", labels(CITIES), lambda v: v.encode().decode("latin-1"), "Latin-1",
                 True),
    "lost": ("encoding", labels(CITIES), lambda v: v.encode("ascii", "replace").decode(), "?",
             True),
    "entities": ("encoding", labels(["A & B", "<none>", "C & D"]), lambda v: v.replace(
        "&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), "HTML", True),
    "quoted": ("encoding", labels(NAMES), lambda v: v.replace("&", "%26").replace(" ", "%20")
               .replace("é", "%C3%A9"), "URL", True),
    "cut": ("truncation", labels(NAMES), lambda v: v[:8], "8 characters", True),
    "dots": ("truncation", labels(NAMES), lambda v: v if len(v) <= 9 else v[:8] + "…", "…", True),
    "prefix": ("affix", labels(CODES), lambda v: "eu-'" + v, "eu-'", True),
    "suffix": ("affix", labels(CODES), lambda v: v + "_v2", "_v2", True),
    "day first": ("date_format", days, _date("%d/%m/%Y"), "%d/%m/%Y", False),
    "swapped days": ("date_format", days, _date("%Y-%d-%m"), "exchanged", False),
    "epoch": ("date_format", days, _epoch, "seconds since 1970", False),
    "comma": ("decimal_comma", numbers, _european, "decimal comma", True),
    "yes": ("boolean_spelling", flags, lambda v: "Y" if v == "true" else "N", "other words", True),
    "quoted number": ("number_as_text", whole, json.dumps, "as text", True),
    "unpadded": ("zero_padding", codes, lambda v: v.lstrip("0") or "0", "without the zeros", True),
    "lost zeros": ("zero_padding", codes, lambda v: float(v), "without the zeros", False),
    "renamed": ("relabelling", labels(CODES), NEW_NAMES.__getitem__, '"k0" for "us"', True),
    "unknown": ("unknown_category", labels(CODES), lambda v: "__oov__" if v in OTHER else v,
                "3 categories", True),
    "zero": ("filled", some_null, lambda v: 0.0 if v is None else v, "serve = 0 where", True),
    "sentinel": ("filled", some_null, lambda v: -999.0 if v is None else v, "-999", True),
    "mean": ("filled", some_null, lambda v: 60.25 if v is None else v, "train's mean", True),
    "dropped": ("nulled", numbers, lambda v: None, "null on every row", True),
    "default": ("default", numbers, lambda v: -1.0, "serve = -1, whatever", True),
    "text default": ("default", labels(CODES), lambda v: "n/a", '"n/a", whatever', True),
}  # fmt: skip


def plant(name: str, strength: float, rows: int = 3_000) -> tuple[Values, Values]:
    """Return train and serve of the same rows, the mistake made in a share of those it changes."""
    _, make, mistake, _, _ = PLANTED[name]
    rng = np.random.default_rng([len(name), rows])
    train = make(rng, rows)
    hit = rng.random(rows) < strength
    return train, [mistake(v) if h else v for v, h in zip(train, hit, strict=True)]
