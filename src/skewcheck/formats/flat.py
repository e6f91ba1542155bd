"""Flat rows: every field of the event is a column; a common prefix of features is cut off."""

from __future__ import annotations

from collections.abc import Sequence

from skewcheck.formats import Event, Layout, leaves

PREFIXES = ("features.", "feature.", "feature_", "features_", "feat_", "f_", "inputs.", "input.")


def recognise(events: Sequence[Event], known: frozenset[str]) -> Layout:
    """Return the flat layout; its fit is the share of train's columns that it finds.

    A prefix is cut off only where that lets more names meet train's columns.
    """
    paths = {path for event in events for path in leaves(event)}
    plain = Layout(fit=_share({".".join(path) for path in paths} & known, known))
    names = {path[0] for path in paths if len(path) == 1}
    best = max((_cut(names, known, prefix) for prefix in PREFIXES), key=lambda x: x.fit)
    return best if best.fit > plain.fit else plain


def _cut(names: set[str], known: frozenset[str], prefix: str) -> Layout:
    features = {n.removeprefix(prefix) for n in names if n.startswith(prefix) and n != prefix}
    others = {n for n in names if not n.startswith(prefix)}
    return Layout(
        prefix=prefix,
        features=frozenset(features),
        others=frozenset(others),
        fit=_share((features | others) & known, known),
        reason=f"flat rows; the prefix {prefix!r} is cut off, the rest are train's names",
    )


def _share(found: set[str], known: frozenset[str]) -> float:
    return len(found) / len(known) if known else 0.0
