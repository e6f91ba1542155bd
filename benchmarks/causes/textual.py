"""Mistakes made with texts, types and missing values."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import polars as pl

from benchmarks.causes.plants import Ground, Mask, Plant, Unkeyed, share

FEW = 3  # different texts among the changed rows
GAPS = 0.2  # of the rows, emptied on both sides where a column has no nulls to fill
OTHER = 0.2  # of the rows, whose rare categories become one
LABELS = (
    "keyed 80 % of the changed rows hold labels with 3 changed rows; unkeyed the three most "
    "frequent labels have shares 4 deviations apart: else any new values look the same"
)
SHORTEST = 3


def rewritten(function: Callable[[str], str]) -> Callable[[Ground], pl.Series]:
    """Return a change that rewrites every text and keeps the nulls."""

    def changed(ground: Ground) -> pl.Series:
        known = {text: function(text) for text in ground.values.unique().drop_nulls()}
        return _told(ground.values, known)

    return changed


def _told(values: pl.Series, known: dict[str, str]) -> pl.Series:
    return pl.Series(values.name, [known.get(v, v) for v in values.to_list()], pl.String)


def _texts(ground: Ground) -> bool:
    return ground.text and ground.different >= FEW


def _words(ground: Ground) -> bool:
    known = ground.train.drop_nulls().unique().to_list() if _texts(ground) else []
    return sum(any(c.isalpha() for c in text) for text in known) >= FEW and not ground.date


def _accented(ground: Ground) -> bool:
    return ground.text and any(not text.isascii() for text in ground.train.drop_nulls().unique())


def _categories(ground: Ground) -> bool:
    return _texts(ground) and ground.different <= 60 and not ground.date


def _upper(text: str) -> str:
    return text.upper() if text != text.upper() else text.lower()


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _mojibake(text: str) -> str:
    return text.encode().decode("cp1252", "replace")


def _cut(ground: Ground) -> pl.Series:
    longest = max(len(text) for text in ground.train.drop_nulls().unique())
    return ground.values.str.head(max(SHORTEST, int(0.6 * longest)))


def _cut_differently(ground: Ground, rows: Mask) -> bool:
    """Return whether what is cut off is not always the same text, and still tells values apart."""
    old = ground.values.filter(pl.Series(rows)).drop_nulls().unique().to_list()
    length = len(_cut(ground).filter(pl.Series(rows)).drop_nulls().first() or "")  # type: ignore[arg-type]
    return len({text[length:] for text in old}) > 1 and len({text[:length] for text in old}) > 1


def _as_text(ground: Ground) -> pl.Series:
    numbers = ground.values.to_list()
    return pl.Series(ground.name, [None if x is None else repr(x) for x in numbers], pl.String)


def _comma(ground: Ground) -> pl.Series:
    return _as_text(ground).str.replace(".", ",", literal=True)


def _fractions(ground: Ground) -> bool:
    return ground.measured and not ground.whole


def _two_valued(ground: Ground) -> bool:
    known = set(ground.train.drop_nulls().unique().to_list())
    return known in ({"Yes", "No"}, {0, 1}, {True, False})


def _spelled(ground: Ground) -> pl.Series:
    words = {"Yes": "true", "No": "false", 1: "yes", 0: "no"}
    return pl.Series(ground.name, [words.get(v) for v in ground.values.to_list()], pl.String)


def _coded(ground: Ground) -> pl.Series:
    known = sorted(ground.train.drop_nulls().unique().to_list())
    codes = {text: f"c{(7 * place + 3) % 101:02d}" for place, text in enumerate(known)}
    return _told(ground.values, codes)


def _refitted(ground: Ground) -> pl.Series:
    known = sorted(ground.train.drop_nulls().unique().to_list())
    return _told(ground.values, dict(zip(known, known[1:] + known[:1], strict=True)))


def _labels_told(ground: Ground, rows: Mask) -> bool:
    """Return whether labels come often enough to see that each has one new name."""
    counts = ground.values.filter(pl.Series(rows)).drop_nulls().value_counts()["count"]
    if ground.paired:
        return int(counts.filter(counts >= FEW).sum()) >= 0.8 * int(counts.sum())
    top = counts.sort(descending=True).head(FEW + 1).to_list()
    return len(top) >= FEW and all(a - b >= 4 * (a + b) ** 0.5 for a, b in pairwise(top[:FEW]))


def _grouped(ground: Ground) -> pl.Series | None:
    counts = ground.train.drop_nulls().value_counts().sort("count", ground.name)
    shares = counts["count"].cum_sum() / max(1, counts["count"].sum())
    rare = counts[ground.name].filter(shares <= OTHER).to_list()
    if len(rare) < FEW or len(rare) == len(counts):
        return None
    return _told(ground.values, dict.fromkeys(rare, "__other__"))


def _moments(ground: Ground) -> pl.Series:
    return ground.values.str.to_datetime(ground.date)


def _redated(ground: Ground) -> pl.Series:
    other = "%d.%m.%Y" if ground.date == "%Y-%m-%d" else "%Y-%m-%d"
    return _moments(ground).dt.strftime(other)


def _days_for_months(ground: Ground) -> pl.Series:
    if ground.date == "%Y-%m-%d":
        return _moments(ground).dt.strftime("%Y-%d-%m")
    parts = ground.values.str.split("/")
    return parts.list.get(1) + "/" + parts.list.get(0) + "/" + parts.list.get(2)


def _days_above_twelve(ground: Ground, rows: Mask) -> bool:
    return int(((_moments(ground).dt.day() > 12).fill_null(False).to_numpy() & rows).sum()) >= 3


def _filled(value: object) -> Callable[[Ground], pl.Series]:
    def changed(ground: Ground) -> pl.Series:
        given = ground.mean if value == "mean" else value
        values = ground.values.cast(pl.Float64) if ground.number else ground.values
        return values.fill_null(given if ground.text else float(given))  # type: ignore[arg-type]

    return changed


def _gaps(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return a column with nulls in it: its own, or new ones at random."""
    if values.null_count() >= 0.05 * len(values):
        return values
    return values.set(pl.Series(rng.random(len(values)) < GAPS), None)


def _codes(values: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """Return whole numbers as the texts that codes are."""
    return values.cast(pl.Int64).cast(pl.String) if values.dtype.is_numeric() else values


def _nulled(ground: Ground) -> pl.Series:
    return ground.values.clear(len(ground.values))


def _held(ground: Ground) -> pl.Series | None:
    """Return the value held most in all rows."""
    value = ground.train.drop_nulls().mode().sort().first()
    if share(ground.train == value) >= 0.8:
        return None
    return pl.Series(ground.name, [value] * len(ground.values), ground.values.dtype)


def _defaulted(ground: Ground) -> pl.Series:
    value = "unknown" if ground.text else 0.0
    if not ground.text and share(ground.train == 0) > 0.1:
        value = -1.0
    return pl.Series(ground.name, [value] * len(ground.values))


def _filled_cents(ground: Ground) -> pl.Series:
    return ground.values.cast(pl.Float64).fill_null(0.0) * 100


def _nearly_all_above_zero(ground: Ground) -> bool:
    return ground.measured and share(ground.train == 0) < 0.2


def _both_hit(ground: Ground, rows: Mask) -> bool:
    null = ground.values.is_null().to_numpy()
    return min(int((rows & null).sum()), int((rows & ~null).sum())) >= 20


TEXTUAL = (
    Plant("null to 0", ("filled",), lambda g: g.measured, _filled(0), varied=1,
          one_value=True, prepared=_gaps, unkeyed=Unkeyed.WHOLE),
    Plant("null to -1", ("filled",), lambda g: g.measured, _filled(-1), varied=1,
          one_value=True, prepared=_gaps),
    Plant("null to the mean", ("filled",), lambda g: g.measured, _filled("mean"), varied=1,
          one_value=True, prepared=_gaps, unkeyed=Unkeyed.WHOLE),
    Plant("null to an empty text", ("filled",), lambda g: _categories(g), _filled(""), varied=1,
          one_value=True, prepared=_gaps),
    Plant("value to null", ("nulled",), lambda g: g.different >= FEW, _nulled, varied=FEW,
          one_value=True),
    Plant("constant", ("constant",), lambda g: g.different >= FEW, _held, varied=FEW,
          parts=False, one_value=True),
    Plant("default in part", ("default",), lambda g: g.measured or _categories(g), _defaulted,
          varied=FEW, whole=False, one_value=True),
    Plant("x 100 and null to 0", ("factor", "filled"), _nearly_all_above_zero, _filled_cents,
          prepared=_gaps, both=True, certain=_both_hit, unkeyed=Unkeyed.NEVER,
          rule="20 rows of either mistake"),
    Plant("case", ("case",), _words, rewritten(_upper), varied=FEW),
    Plant("blanks at the end", ("whitespace",), _texts, rewritten(lambda t: t + "  "), varied=FEW),
    Plant("accents lost", ("accents",), _accented, rewritten(_plain), varied=1,
          unkeyed=Unkeyed.PARTS),
    Plant("mojibake", ("encoding",), _accented, rewritten(_mojibake), varied=1),
    Plant("text cut", ("truncation",), _words, _cut, varied=FEW, certain=_cut_differently,
          rule="what is cut off and what is left both vary"),
    Plant("prefix", ("affix",), _texts, rewritten(lambda t: "v1:" + t), varied=FEW),
    Plant("padded with zeros", ("zero_padding",), lambda g: g.number and g.whole
          and g.different >= 10 and g.low >= 0, rewritten(lambda t: t.zfill(8)), varied=FEW,
          prepared=_codes),
    Plant("number as text", ("number_as_text",), lambda g: g.measured, _as_text),
    Plant("decimal comma", ("decimal_comma",), _fractions, _comma),
    Plant("boolean spelled otherwise", ("boolean_spelling",), _two_valued, _spelled, varied=2),
    Plant("new labels", ("relabelling",), _categories, _coded, varied=FEW, unkeyed=Unkeyed.WHOLE,
          certain=_labels_told, rule=LABELS),
    Plant("labels mixed up", ("relabelling",), _categories, _refitted, varied=FEW,
          unkeyed=Unkeyed.NEVER, certain=_labels_told, rule="keyed as above"),
    Plant("rare categories grouped", ("unknown_category",), _categories, _grouped, varied=FEW,
          parts=False, one_value=True),
    Plant("date format", ("date_format",), lambda g: g.date is not None, _redated),
    Plant("day and month exchanged", ("date_format",), lambda g: g.date is not None,
          _days_for_months, certain=_days_above_twelve, unkeyed=Unkeyed.WHOLE,
          rule="3 of the changed days are above 12"),
)  # fmt: skip
