"""Champion against challenger: agreement, swap set, and champions by score and in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from scipy import stats

import skewcheck
from skewcheck.config import parse
from skewcheck.errors import ConfigError
from skewcheck.layout import Matrix
from skewcheck.render import html

BANDS = 'bands = "approve < 0.2 <= review < 0.5 <= decline"\n'
#: Ten requests by hand: the champion's decision of the fifth is unknown, the tenth has no score.
SCORE: list[float | None] = [0.1, 0.1, 0.3, 0.3, 0.1, 0.7, 0.7, 0.19, 0.2, None]
RIVAL: list[float | None] = [0.1, 0.3, 0.1, 0.4, None, 0.7, 0.1, 0.1, 0.2, 0.1]
WORDS = ["approve", "Review", "approve", "REVIEW", None, "decline", "approve ", "approve", "review"]


def ten(**champion: Any) -> tuple[pa.Table, pa.Table]:
    ids = {"request_id": [f"r{i}" for i in range(10)], "x": [float(i) for i in range(10)]}
    made = pa.table({**ids, "score": SCORE, **champion})
    return pa.table({**ids, "score": [s or 0.1 for s in SCORE]}), made


def compared(text: str, train: Any, serve: Any, **more: Any) -> Any:
    policy = parse(f"[decisions]\n{text}", "skewcheck.toml")
    return skewcheck.compare(train, serve, key="request_id", policy=policy, **more)


def section(result: Any) -> Any:
    return next(s for s in result.report.sections if s.name == "decisions")


def by_hand(result: Any) -> None:
    """Hold a result against the ten requests worked out on paper."""
    data = section(result).data["champion"]
    assert (data["requests"], data["agreeing"]) == (8, 5)
    exact = stats.binomtest(5, 8).proportion_ci(0.9, "exact")
    assert (data["low"], data["high"]) == pytest.approx((exact.low, exact.high))
    assert (data["challenger_alone"], data["champion_alone"]) == (1, 2)
    assert data["net"]["value"] == pytest.approx(-1 / 8)
    matrix = [part for part in section(result).parts if isinstance(part, Matrix)][-1]
    assert matrix.counts == ((2, 1, 1), (1, 2, 0), (0, 0, 1))
    assert matrix.rows == matrix.columns == ("approve", "review", "decline")


@pytest.mark.parametrize("rival", [RIVAL, [*WORDS, "approve"]])
def test_ten_requests_worked_by_hand(rival: list[Any]) -> None:
    result = compared(f'{BANDS}champion = "rival"', *ten(rival=rival))
    by_hand(result)
    document = result.to_dict()
    (column,) = (c for c in document["columns"] if c["name"] == "challenger and champion")
    (finding,) = column["findings"]
    assert finding["check"] == "disagreement" and finding["verdict"] == "unjudged"
    assert finding["value"] == pytest.approx(3 / 8)
    assert "rival" not in {c["name"] for c in document["columns"] if c["role"] != "ignored"}


@pytest.mark.parametrize("form", ["parquet", "ndjson", "csv"])
@pytest.mark.parametrize("rival", [RIVAL, [*WORDS, "approve"]])
def test_files_are_compared_as_frames_are(form: str, rival: list[Any], tmp_path: Path) -> None:
    import polars as pl

    paths = []
    for name, table in zip(("train", "serve"), ten(rival=rival), strict=True):
        paths.append(str(tmp_path / f"{name}.{form}"))
        if form == "parquet":
            pq.write_table(table, paths[-1], row_group_size=3)
        elif form == "csv":
            pyarrow.csv.write_csv(table, paths[-1])
        else:
            frame = pl.from_arrow(table)
            assert isinstance(frame, pl.DataFrame)
            frame.write_ndjson(paths[-1])
    by_hand(compared(f'{BANDS}champion = "rival"', *paths))


def test_a_word_that_the_policy_does_not_name_is_a_disagreement_and_told() -> None:
    words = [*WORDS[:6], "escalate", *WORDS[7:], "approve"]
    result = compared(f'{BANDS}champion = "rival"', *ten(rival=words))
    data = section(result).data["champion"]
    assert (data["requests"], data["agreeing"], data["unknown"]) == (8, 5, 1)
    assert "does not name" in " ".join(section(result).sentences)
    matrix = [part for part in section(result).parts if isinstance(part, Matrix)][-1]
    assert matrix.rows[-1] == "another decision" and matrix.counts[-1] == (0, 0, 1)


def test_the_champion_is_judged_where_the_policy_sets_a_limit() -> None:
    draw = np.random.default_rng(1)
    rows = 4000
    score = draw.random(rows)
    ids = [f"r{i}" for i in range(rows)]
    train = pa.table({"request_id": ids, "score": score})
    text = 'threshold = 0.5\nchampion = "rival"\n[checks.disagreement]\nfail = 0.05'
    for moved, verdict in ((0.2, "fail"), (0.005, "pass")):
        rival = np.where(draw.random(rows) < moved, 1 - score, score)
        serve = train.append_column("rival", pa.array(rival))
        columns = compared(text, train, serve).to_dict()["columns"]
        assert next(c for c in columns if c["role"] == "agreement")["verdict"] == verdict


def test_each_of_both_chooses_its_own_highest_scores() -> None:
    draw = np.random.default_rng(1)
    score = draw.random(1000)
    ids = [f"r{i}" for i in range(1000)]
    train = pa.table({"request_id": ids, "score": score})
    serve = train.append_column("rival", pa.array(score / 2))
    data = section(compared('rate = 0.1\nchampion = "rival"', train, serve)).data["champion"]
    assert (data["requests"], data["agreeing"]) == (1000, 1000)


def test_words_of_who_is_chosen_need_no_threshold_of_their_own(tmp_path: Path) -> None:
    import polars as pl

    train, serve = ten(rival=["not chosen", "chosen"] * 5)
    path = tmp_path / "serve.ndjson"
    frame = pl.from_arrow(serve)
    assert isinstance(frame, pl.DataFrame)
    frame.write_ndjson(path)
    for side in (serve, str(path)):
        data = section(compared('rate = 0.2\nchampion = "rival"', train, side)).data["champion"]
        assert (data["requests"], data["agreeing"], data["unknown"]) == (9, 5, 0)


def test_a_champion_that_is_nowhere_is_an_error_and_one_that_serve_lacks_is_told() -> None:
    with pytest.raises(ConfigError, match=r"'decisions.champion' is 'rivl'.*did you mean 'rival'"):
        compared(f'{BANDS}champion = "rivl"', *ten(rival=RIVAL))
    with pytest.raises(ConfigError, match="names the challenger's own score"):
        compared(f'{BANDS}score = "score"\nchampion = "score"', *ten())
    train, serve = ten(rival=RIVAL)
    result = compared(f'{BANDS}champion = "rival"', serve, train)
    assert "cannot be compared" in " ".join(section(result).sentences)
    assert "champion" not in section(result).data


def test_a_champions_score_does_not_stand_for_the_challengers() -> None:
    train, serve = ten(champion_score=RIVAL)
    serve = serve.select(["request_id", "x", "champion_score", "score"])
    for side in (train, train.drop_columns(["score"])):
        by_hand(compared(f'{BANDS}champion = "champion_score"', side, serve))


def test_agreement_and_swap_set_are_told_by_segment() -> None:
    """Four requests a segment by hand: in the north both agree, in the south they swap."""
    score = [0.1, 0.1, 0.7, 0.7, 0.1, 0.1, 0.1, 0.7]
    rival = [0.1, 0.1, 0.7, 0.7, 0.7, 0.7, 0.1, 0.1]
    ids = {"request_id": [f"r{i}" for i in range(8)], "x": [float(i) for i in range(8)]}
    train = pa.table({**ids, "score": score})
    region = ["north"] * 4 + ["south"] * 4
    serve = train.append_column("rival", [rival]).append_column("region", [region])
    text = 'bands = "approve < 0.5 <= decline"\nchampion = "rival"\n[roles]\nsegment = ["region"]\n'
    result = compared(text, train, serve)
    south, north = section(result).data["champion"]["segments"]
    assert (south["segment"], south["requests"], south["agreeing"]) == ("south", 4, 1)
    assert (south["challenger_alone"], south["champion_alone"]) == (2, 1)
    exact = stats.binomtest(1, 4).proportion_ci(0.9, "exact")
    assert (south["low"], south["high"]) == pytest.approx((exact.low, exact.high))
    assert (north["segment"], north["agreeing"], north["champion_alone"]) == ("north", 4, 0)
    listing = next(
        p for p in section(result).parts if p.title.startswith("Champion and challenger")
    )
    assert listing.rows[0][:3] == ("south", "4", "25.0 %")
    assert "Champion and challenger by region" in html.render(result.report)


def test_a_segment_of_hostile_text_is_set_as_text() -> None:
    train, serve = ten(rival=RIVAL)
    regions = ["<script>x</script>", "[red]b"] * 5
    serve = serve.append_column("region", [regions])
    text = f'{BANDS}champion = "rival"\n[roles]\nsegment = ["region"]\n'
    result = compared(text, train, serve)
    assert len(section(result).data["champion"]["segments"]) == 2
    assert "<script>x" not in html.render(result.report)


def test_a_private_segment_is_not_told() -> None:
    train, serve = ten(rival=RIVAL)
    serve = serve.append_column("region", [["up there", "down there"] * 5])
    text = f'{BANDS}champion = "rival"\n[columns.region]\nrole = "segment"\nprivate = true\n'
    result = compared(text, train, serve)
    assert section(result).data["champion"]["segments"] == []
    assert "down there" not in html.render(result.report)
