"""Reads the table ``[decisions]``: what follows from a score."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from skewcheck.config.shapes import Names, Positive, Share, column
from skewcheck.config.tables import Place, shown, table, texts, value
from skewcheck.decisions import Decisions, bands
from skewcheck.errors import nearest

ONE_OF = ("bands", "threshold", "rate", "top")
LOW, HIGH = "below", "above"  # of a threshold
CHOSEN = ("not chosen", "chosen")


class DecisionsTable(Struct, forbid_unknown_fields=True):
    """What follows from a score, by one of `bands`, `threshold`, `rate` and `top`; see [value]."""

    score: Annotated[
        str | UnsetType,
        Meta(
            description="Column that decisions are made from, where there are several scores.",
            examples=["score"],
            extra_json_schema=column("score"),
        ),
    ] = UNSET
    bands: Annotated[
        str | UnsetType,
        Meta(
            description="Decisions and the thresholds between them, from the lowest score on.",
            examples=["approve < 0.2 <= review < 0.5 <= decline"],
        ),
    ] = UNSET
    threshold: Annotated[
        float | UnsetType,
        Meta(description="One threshold: scores from it on are `above`, others `below`."),
    ] = UNSET
    rate: Annotated[
        Share | UnsetType,
        Meta(description="The share of requests, of the highest scores, that is chosen."),
    ] = UNSET
    top: Annotated[
        Positive | UnsetType,
        Meta(description="How many requests a day, of the highest scores, are chosen."),
    ] = UNSET
    approve: Annotated[
        Names | UnsetType,
        Meta(
            description="Decisions that count as approval. Default: the lowest band, `above`, "
            "or `chosen`."
        ),
    ] = UNSET
    approval_rate: Annotated[
        Share | UnsetType,
        Meta(description="Approval rate that the model was made for, where train has no score."),
    ] = UNSET
    champion: Annotated[
        str | UnsetType,
        Meta(description="Column of serve with the score, or the decision, of the model in force."),
    ] = UNSET


def decisions(raw: Any, place: Place) -> Decisions | None:
    """Return the decision layer, None where the table is empty."""
    given = table(raw, DecisionsTable.__struct_fields__, place)
    if not given:
        return None
    ways = [key for key in ONE_OF if key in given]
    if len(ways) != 1:
        found = f"has {' and '.join(ways)}" if ways else "has none of them"
        raise place.error(f"{found}; give one of {', '.join(ONE_OF)}")
    labels, edges, closed = _edges(given, place)
    rate = _share(given, "rate", place)
    top = value(given["top"], int, "a whole number", place.at("top")) if "top" in given else None
    if top is not None and top < 1:
        raise place.at("top").error(f"is {top}; expected a number of requests a day")
    score = value(given.get("score", ""), str, "a column", place.at("score"))
    champion = value(given.get("champion", ""), str, "a column", place.at("champion"))
    if champion and champion == score:
        raise place.at("champion").error(
            "names the challenger's own score; expected another column"
        )
    return Decisions(
        labels,
        edges,
        closed,
        _approve(given, labels, place.at("approve")),
        score or None,
        rate,
        top,
        _share(given, "approval_rate", place),
        champion or None,
    )


def _edges(
    given: dict[str, Any], place: Place
) -> tuple[tuple[str, ...], tuple[float, ...], tuple[bool, ...]]:
    if "bands" in given:
        text = value(given["bands"], str, "a text", place.at("bands"))
        try:
            return bands(text)
        except ValueError as error:
            raise place.at("bands").error(f"is {shown(text)}; {error}") from error
    if "threshold" in given:
        edge = value(given["threshold"], float, "a number", place.at("threshold"))
        return (LOW, HIGH), (edge,), (False,)
    return CHOSEN, (), ()


def _approve(given: dict[str, Any], labels: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Return what counts as approval: as given, else the lowest band, or the requests chosen."""
    chosen = labels == CHOSEN or "threshold" in given
    approve = (
        texts(given["approve"], place) if "approve" in given else [labels[-1 if chosen else 0]]
    )
    for name in approve:
        if name not in labels:
            raise place.error(f"names {shown(name)}; {nearest(name, labels)}")
    return tuple(approve)


def _share(given: dict[str, Any], key: str, place: Place) -> float | None:
    if key not in given:
        return None
    share = value(given[key], float, "a share between 0 and 1", place.at(key))
    if not 0 < share < 1:
        raise place.at(key).error(f"is {share:g}; expected a share between 0 and 1")
    return share
