"""Model files answer as the library that made them does, and what is no model is refused."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import onnx
import pandas as pd
import polars as pl
import pytest
import xgboost
from onnx import TensorProto, helper

import skewcheck
from skewcheck.errors import InputError, SkewcheckError, UsageError
from skewcheck.replay import models
from skewcheck.replay.models import open_model
from skewcheck.replay.request import ModelRequest

N = 2000
RNG = np.random.default_rng(5)
FRAME = pd.DataFrame(
    {
        "amount": RNG.normal(size=N),
        "city": pd.Categorical(RNG.choice(["oslo", "bern", "rome"], N)),
        "visits": RNG.integers(0, 5, N).astype(float),
        "tier": pd.Categorical(RNG.choice([10, 20, 30], N)),
    }
)
FRAME.loc[::17, "visits"] = np.nan
FRAME.loc[::23, "city"] = None
LABEL = (FRAME["amount"] + (FRAME["city"] == "bern") + FRAME["tier"].astype(float) / 20 > 1.2) * 1
LOGGED = pl.DataFrame(
    {
        "visits": pl.Series(FRAME["visits"].to_numpy()).fill_nan(None),
        "city": [None if c != c else c for c in FRAME["city"].astype(object)],
        "tier": FRAME["tier"].astype(int).to_numpy(),
        "amount": FRAME["amount"].to_numpy(),
    }
)  # in another order


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a model of each kind, under names that say nothing."""
    path = tmp_path_factory.mktemp("models")
    options = {"objective": "binary", "verbose": -1, "num_leaves": 7}
    lightgbm.train(options, lightgbm.Dataset(FRAME, LABEL), 20).save_model(path / "light")
    matrix = xgboost.DMatrix(FRAME, LABEL, enable_categorical=True)
    trees = xgboost.train({"objective": "binary:logistic"}, matrix, 20)
    for name in ("boost.json", "boost.ubj"):
        trees.save_model(path / name)
        (path / name).rename(path / f"model-{name[-4:].strip('.')}")
    return path


def replayed(model: Path, score: Any, logs: pl.DataFrame = LOGGED) -> Any:
    """Return the replay of a log in which these scores were logged."""
    logs = logs.with_columns(score=pl.Series(np.asarray(score, np.float64)))
    return skewcheck.compare(logs, logs, model=model, score="score").run.replay


def refused(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        open_model(ModelRequest(str(path)))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_lightgbm_model_answers_as_it_does_directly(folder: Path) -> None:
    direct = lightgbm.Booster(model_file=folder / "light").predict(FRAME)
    found = replayed(folder / "light", direct)
    assert np.array_equal(found.rescoring.answers, direct)
    assert found.parity.differing == 0 and found.kind == "LightGBM model"


@pytest.mark.parametrize("name", ["model-json", "model-ubj"])
def test_an_xgboost_model_answers_as_it_does_directly(folder: Path, name: str) -> None:
    booster = xgboost.Booster(model_file=bytearray((folder / name).read_bytes()))
    direct = booster.predict(xgboost.DMatrix(FRAME, enable_categorical=True))
    found = replayed(folder / name, direct)
    assert np.array_equal(found.rescoring.answers, direct.astype(float))
    assert found.parity.differing == 0


def test_a_category_that_the_model_does_not_know_is_missing(folder: Path) -> None:
    strange = LOGGED.with_columns(city=pl.lit("atlantis"))
    frame = FRAME.assign(city=pd.Categorical([None] * N, categories=["bern", "oslo", "rome"]))
    direct = lightgbm.Booster(model_file=folder / "light").predict(frame)
    assert np.array_equal(replayed(folder / "light", direct, strange).rescoring.answers, direct)


def test_a_missing_feature_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"lacks features of light: city, tier"):
        replayed(folder / "light", np.zeros(N), LOGGED.drop("city", "tier"))


def test_texts_where_the_model_takes_numbers_are_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=r"column 'amount': holds texts"):
        replayed(folder / "light", np.zeros(N), LOGGED.with_columns(amount=pl.lit("much")))


def test_numbers_spelled_as_text_are_read(folder: Path) -> None:
    direct = lightgbm.Booster(model_file=folder / "light").predict(FRAME)
    texts = LOGGED.with_columns(pl.col("visits").cast(pl.String))
    assert replayed(folder / "light", direct, texts).parity.differing == 0


def test_a_model_without_names_takes_train_s_order_and_says_so(tmp_path: Path) -> None:
    numbers = LOGGED.select("visits", "amount")
    values = numbers.to_numpy().astype(float)
    options = {"objective": "binary", "verbose": -1}
    made = lightgbm.train(options, lightgbm.Dataset(values, LABEL), 5)
    made.save_model(tmp_path / "m")
    direct = made.predict(values)
    found = replayed(tmp_path / "m", direct, numbers)
    assert found.parity.differing == 0 and "train's order" in found.notes[0]
    with pytest.raises(InputError, match=r"takes 2 columns without naming them; LOGS has 3"):
        replayed(tmp_path / "m", direct, LOGGED.select("visits", "amount", "tier"))


def graph(outputs: str, path: Path) -> Path:
    """Write an ONNX model of two numbers: the logistic function of 1.5 a - 0.5 b."""
    weights = helper.make_tensor("W", TensorProto.FLOAT, [2, 1], [1.5, -0.5])
    one = helper.make_tensor("one", TensorProto.FLOAT, [], [1.0])
    nodes = [
        helper.make_node("MatMul", ["X", "W"], ["margin"]),
        helper.make_node("Sigmoid", ["margin"], ["p1"]),
        helper.make_node("Sub", ["one", "p1"], ["p0"]),
        helper.make_node("Concat", ["p0", "p1"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
        helper.make_node(
            "ZipMap", ["probabilities"], ["zipped"], domain="ai.onnx.ml", classlabels_int64s=[0, 1]
        ),
    ]
    tensor = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    known = {
        "label": helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
        "p1": helper.make_tensor_value_info("p1", TensorProto.FLOAT, [None, 1]),
        "probabilities": helper.make_tensor_value_info(
            "probabilities", TensorProto.FLOAT, [None, 2]
        ),
        "zipped": helper.make_value_info(
            "zipped", helper.make_sequence_type_proto(helper.make_map_type_proto(7, tensor))
        ),
    }
    given = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 2])
    chosen = [known[name] for name in outputs.split()]
    made = helper.make_graph(nodes, "g", [given], chosen, [weights, one])
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(made, opset_imports=versions, ir_version=9), path)
    return path


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ("p1", "its output 'p1'"),
        ("label probabilities", "its output 'probabilities', of the second class"),
        ("label zipped", "its output 'zipped', of the second class"),
    ],
)
def test_an_onnx_model_answers_as_it_does_directly(tmp_path: Path, outputs: str, said: str) -> None:
    logs = pl.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N)})
    direct = 1 / (1 + np.exp(-(1.5 * logs["a"].to_numpy() - 0.5 * logs["b"].to_numpy())))
    found = replayed(graph(outputs, tmp_path / "m"), direct, logs)
    assert found.parity.differing == 0 and found.output == said
    assert np.allclose(found.rescoring.answers, direct, atol=1e-6)
    assert "train's order" in found.notes[0]


def test_an_onnx_model_with_an_input_per_column_is_fed_by_name(tmp_path: Path) -> None:
    inputs = [
        helper.make_tensor_value_info("b", TensorProto.FLOAT, [None, 1]),
        helper.make_tensor_value_info("city", TensorProto.STRING, [None, 1]),
        helper.make_tensor_value_info("n", TensorProto.INT64, [None, 1]),
    ]
    nodes = [
        helper.make_node(
            "LabelEncoder",
            ["city"],
            ["code"],
            domain="ai.onnx.ml",
            keys_strings=["oslo", "bern"],
            values_floats=[1.0, 2.0],
            default_float=0.0,
        ),
        helper.make_node("Cast", ["n"], ["whole"], to=TensorProto.FLOAT),
        helper.make_node("Sum", ["b", "code", "whole"], ["score"]),
    ]
    out = helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 2)]
    made = helper.make_graph(nodes, "g", inputs, [out])
    onnx.save(helper.make_model(made, opset_imports=versions, ir_version=9), tmp_path / "m")
    logs = pl.DataFrame(
        {"n": range(N), "city": ["oslo", "bern", None, "rome"] * (N // 4), "b": RNG.random(N)}
    )
    code = np.array([1.0, 2.0, 0.0, 0.0] * (N // 4))
    direct = logs["n"].to_numpy() + code + logs["b"].to_numpy()
    assert replayed(tmp_path / "m", direct, logs).parity.differing == 0


def test_a_pickle_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(pickle.dumps({"a": 1}))
    assert "is a pickle" in refused(tmp_path / "model.json")
    (tmp_path / "model.joblib").write_bytes(b"whatever")
    assert "--predict" in refused(tmp_path / "model.joblib")


def test_what_is_no_model_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    light, boost = (folder / "light").read_bytes(), (folder / "model-ubj").read_bytes()
    wide = graph("p1", tmp_path / "wide").read_bytes()
    texts = (folder / "model-json").read_bytes()
    for content, said in (
        (b"", "is empty"),
        (b"garbage \x1b[31m", "no model that can be replayed"),
        (b"CBM1....", "CatBoost"),
        (b'{"a": 1}', "no model that XGBoost saved"),
        (b"tree\n", "damaged LightGBM"),
        (b"tree\nversion=v4\nnonsense", "damaged LightGBM"),
        (boost[: len(boost) // 2], "damaged XGBoost"),
        (texts[: len(texts) // 2], "damaged XGBoost"),
        (b'{"learner": 1}', "damaged XGBoost"),
        (wide[: len(wide) // 2], "damaged or unknown ONNX"),
        (wide[:40] + b"\xff" * 40 + wide[80:], "damaged or unknown ONNX"),
    ):
        (tmp_path / "bad").write_bytes(content)
        assert said in refused(tmp_path / "bad")
    assert "cannot be read" in refused(tmp_path / "none")
    for cut in range(50, light.index(b"end of trees"), len(light) // 20):
        (tmp_path / "bad").write_bytes(light[:cut])
        assert "damaged LightGBM" in refused(tmp_path / "bad")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("left_child=1", "left_child=77"),
        ("split_feature=", "split_feature=99 "),
        ("leaf_value=0", "leaf_value=x"),
        ("leaf_value=", "leaf_value=1 1 1 1 1 1 1 "),
        ("num_leaves=7", "num_leaves=700"),
    ],
)
def test_a_lightgbm_model_that_would_end_the_process_is_refused(
    folder: Path, tmp_path: Path, old: str, new: str
) -> None:
    text = (folder / "light").read_text()
    assert old in text
    (tmp_path / "bad").write_text(text.replace(old, new, 1))
    assert "damaged LightGBM" in refused(tmp_path / "bad")


def test_a_library_that_is_missing_is_named_with_its_pip_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(models, "import_module", lacking)
    with pytest.raises(UsageError, match="pip install lightgbm"):
        open_model(ModelRequest(str(folder / "light")))
    with pytest.raises(SkewcheckError, match="xgboost"):
        open_model(ModelRequest(str(folder / "model-ubj")))
