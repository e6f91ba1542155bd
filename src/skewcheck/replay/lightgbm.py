"""LightGBM's text model, checked for wholeness first: the library ends the process on a torn one.

``feature_names`` give the order; ``pandas_categorical``, the last line, has the categories of the
data frame that the model was trained on, in the order of their codes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from skewcheck.errors import InputError
from skewcheck.replay.model import OWN, Floats, Model, one_score, taken_as_score
from skewcheck.replay.models import library
from skewcheck.replay.table import matrix
from skewcheck.sources.trouble import said

LEAVES = ("leaf_value",)  # as many as the tree has leaves
SPLITS = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
HINT = "save it again with Booster.save_model"
NAMELESS = re.compile(r"Column_\d+")


def open_lightgbm(path: str) -> Model:
    """Return a LightGBM model.

    Raises:
        InputError: the file is torn or damaged, or the model has several outputs.
        UsageError: lightgbm is not installed.
    """
    text = Path(path).read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    header, trees, rest = _parts(text, path)
    for tree in trees:
        _refuse_torn(tree, len(header["feature_names"].split()), path)
    lightgbm = library("lightgbm", "a LightGBM model", "lightgbm")
    try:
        booster = lightgbm.Booster(model_str=text)
        outputs = int(booster.num_model_per_iteration())
        names = tuple(booster.feature_name())
        gains = tuple(booster.feature_importance("gain").tolist())
    except Exception as error:
        raise _damaged(path, said(error)) from error
    if outputs > 1:
        raise InputError(f"answers with {outputs} numbers per row", file=path, hint=OWN)
    categories = _categories(booster.pandas_categorical or [], names, header, rest, path)
    nameless = all(NAMELESS.fullmatch(name) for name in names)

    def answer(table: pa.Table) -> Floats:
        own = {name: categories[i] for i, name in enumerate(table.column_names) if i in categories}
        numbers = matrix(table, own, "the model")
        return one_score(booster.predict(numbers, verbosity=-1), path)

    return Model(
        path,
        "LightGBM model",
        () if nameless else names,
        len(names),
        f"{taken_as_score(1)} ({header.get('objective', 'no objective named')})",
        answer,
        gains=gains,
    )


def _parts(text: str, path: str) -> tuple[dict[str, str], list[dict[str, str]], str]:
    """Return the header's keys, the keys of every tree, and what follows the trees."""
    start, end = text.find("\nTree=0\n") + 1, text.find("\nend of trees") + 1
    if not start or not end:
        raise _damaged(path, "it ends before its trees do")
    header = _keys(text[:start])
    blocks = re.split(r"^(?=Tree=\d+\n)", text[start:end], flags=re.M)[1:]
    sizes = header.get("tree_sizes", "").split()
    if "feature_names" not in header or len(sizes) not in (0, len(blocks)):
        raise _damaged(path, f"{len(blocks)} trees of {len(sizes)} are there")
    return header, [_keys(block) for block in blocks], text[end:]


def _keys(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key: value.strip() for key, _, value in pairs}


def _refuse_torn(tree: dict[str, str], features: int, path: str) -> None:
    """Raise unless a tree has as many numbers of each sort as it needs, and they lead somewhere."""
    where = f"tree {tree.get('Tree', '?')}"
    try:
        leaves = int(tree["num_leaves"])
        for names, n in ((LEAVES, leaves), (SPLITS, leaves - 1)):
            for name in names:
                numbers = [float(x) for x in tree.get(name, "").split()]
                if len(numbers) != n and leaves > 1:
                    raise _damaged(path, f"{where} has {len(numbers)} of {n} {name}")
        splits = [int(x) for x in tree.get("split_feature", "").split()] if leaves > 1 else []
        children = [int(x) for s in ("left", "right") for x in tree[f"{s}_child"].split()]
    except (KeyError, ValueError) as error:
        raise _damaged(path, f"{where} cannot be read") from error
    if any(not 0 <= x < features for x in splits):
        raise _damaged(path, f"{where} splits by a feature that is not there")
    if leaves > 1 and any(not -leaves <= x < leaves - 1 for x in children):
        raise _damaged(path, f"{where} leads to a leaf that is not there")


def _categories(
    known: Sequence[Sequence[object]],
    names: Sequence[str],
    header: dict[str, str],
    rest: str,
    path: str,
) -> dict[int, Sequence[object]]:
    """Return the categories by the column's place; the file names the columns only in passing."""
    if not known:
        return {}
    said_so = re.search(r"^\[categorical_feature: ([\d,]+)\]", rest, re.M)
    infos = header.get("feature_infos", "").split()
    ways = [
        [int(x) for x in said_so[1].split(",") if x] if said_so else [],
        [i for i, info in enumerate(infos) if info[:1] != "[" and info != "none"],
        [i for i, info in enumerate(infos) if info[:1] != "["],
    ]
    found = next((way for way in ways if len(way) == len(known)), None)
    if found is None or max(found) >= len(names):
        problem = f"has categories of {len(known)} columns and does not say of which"
        raise InputError(problem, file=path, hint=OWN)
    return dict(zip(found, known, strict=True))


def _damaged(path: str, why: str) -> InputError:
    return InputError(f"damaged LightGBM model ({why})", file=path, hint=HINT)
