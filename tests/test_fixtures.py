"""The flights fixture is what its README and truth.json say, told from the files themselves."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

FLIGHTS = Path(__file__).parent.parent / "fixtures" / "flights"
NOT_FEATURES = ("flight_id", "scheduled_departure", "request_id", "timestamp", "score", "late")
RELEASE = "2013-07-08"
MAX_BYTES = 6_000_000

Event = dict[str, Any]


def read_lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return text.removesuffix("\n").split("\n")


def parse(line: str) -> Event | None:
    try:
        event: Event = json.loads(line)
    except json.JSONDecodeError:
        return None
    return event


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FLIGHTS / "truth.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def train() -> pl.DataFrame:
    return pl.read_parquet(FLIGHTS / "train.parquet")


@pytest.fixture(scope="module")
def offline() -> dict[str, Event]:
    rows = pl.read_parquet(FLIGHTS / "offline.parquet").iter_rows(named=True)
    return {row["request_id"]: row for row in rows}


@pytest.fixture(scope="module")
def shadow_files() -> dict[str, list[str]]:
    return {path.name: read_lines(path) for path in sorted((FLIGHTS / "shadow_logs").iterdir())}


@pytest.fixture(scope="module")
def shadow(shadow_files: dict[str, list[str]]) -> dict[str, Event]:
    events = [parse(line) for lines in shadow_files.values() for line in lines]
    return {event["request_id"]: event for event in events if event}


@pytest.fixture(scope="module")
def clean() -> list[Event]:
    paths = sorted((FLIGHTS / "clean_logs").iterdir())
    return [event for path in paths for line in read_lines(path) if (event := parse(line))]


def features(columns: list[str]) -> list[str]:
    return [name for name in columns if name not in NOT_FEATURES]


def same(logged: object, right: object) -> bool:
    """Equal in value and in kind: the text "149" is not the number 149, True is not 1."""
    numbers = (int, float)
    alike = type(logged) is type(right) or {type(logged), type(right)} <= set(numbers)
    return alike and logged == right


def test_the_folder_stays_under_six_megabytes() -> None:
    files = [path for path in FLIGHTS.rglob("*") if "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files if path.is_file()) < MAX_BYTES


def test_all_sides_have_the_features_that_the_truth_judges(
    truth: dict[str, Any], train: pl.DataFrame, offline: dict[str, Event], clean: list[Event]
) -> None:
    judged = list(truth["columns"])
    assert features(train.columns) == judged
    assert features(list(next(iter(offline.values())))) == judged
    assert all(list(event["features"]) == judged for event in clean)


def test_the_row_counts_are_those_of_the_truth(
    truth: dict[str, Any], train: pl.DataFrame, offline: dict[str, Event], clean: list[Event]
) -> None:
    assert train.height == truth["rows"]["train"] == train["flight_id"].n_unique()
    assert len(offline) == truth["rows"]["offline"]
    assert len(clean) == truth["clean_logs"]["lines"] == len({e["request_id"] for e in clean})


def test_each_day_has_its_file_and_at_least_six_hundred_events(
    truth: dict[str, Any], shadow_files: dict[str, list[str]]
) -> None:
    assert list(shadow_files) == truth["shadow_logs"]["files"]
    assert list(shadow_files) == [f"2013-07-{day:02}.jsonl.gz" for day in range(1, 15)]
    assert min(map(len, shadow_files.values())) >= 600


def test_lines_malformed_and_repeated_are_as_many_as_the_truth_says(
    truth: dict[str, Any], shadow_files: dict[str, list[str]], shadow: dict[str, Event]
) -> None:
    lines = [line for lines in shadow_files.values() for line in lines]
    told = truth["shadow_logs"]
    assert len(lines) == told["lines"]
    assert sum(parse(line) is None for line in lines) == told["malformed"] == 3
    assert len(lines) - len(set(lines)) == told["duplicates"]
    assert len(shadow) == told["events"]
    assert told["lines"] == told["events"] + told["malformed"] + told["duplicates"]


def test_no_request_is_logged_twice_with_different_content(
    shadow_files: dict[str, list[str]], shadow: dict[str, Event]
) -> None:
    whole = {line for lines in shadow_files.values() for line in lines if parse(line)}
    assert len(whole) == len(shadow)


def test_repeats_of_the_next_day_stand_at_the_head_of_its_file(
    truth: dict[str, Any], shadow_files: dict[str, list[str]]
) -> None:
    days = [(name[:10], parse(line)) for name, lines in shadow_files.items() for line in lines]
    late = [day for day, event in days if event and event["timestamp"][:10] < day]
    assert len(late) == truth["shadow_logs"]["blemishes"]["again_next_day"]
    for day in set(late):
        head = shadow_files[f"{day}.jsonl.gz"][: late.count(day)]
        assert all(json.loads(line)["timestamp"][:10] < day for line in head)


def test_one_file_ends_in_a_cut_line_without_a_newline(shadow_files: dict[str, list[str]]) -> None:
    cut = [name for name, lines in shadow_files.items() if parse(lines[-1]) is None]
    assert cut == ["2013-07-13.jsonl.gz"]
    assert not gzip.decompress((FLIGHTS / "shadow_logs" / cut[0]).read_bytes()).endswith(b"\n")


def test_optional_keys_are_absent_as_often_as_the_truth_says(
    truth: dict[str, Any], shadow: dict[str, Event], offline: dict[str, Event]
) -> None:
    told = truth["shadow_logs"]["blemishes"]
    no_wind = [key for key, event in shadow.items() if "wind_dir" not in event["features"]]
    assert sum("host" not in event for event in shadow.values()) == told["without_host"]
    assert len(no_wind) == told["without_wind_dir"]
    assert all(offline[key]["wind_dir"] is None for key in no_wind)


def test_log_and_backfill_share_all_requests_but_the_cut_ones(
    truth: dict[str, Any], shadow: dict[str, Event], offline: dict[str, Event]
) -> None:
    assert shadow.keys() < offline.keys()
    assert len(offline.keys() - shadow.keys()) == truth["shadow_logs"]["malformed"]


def test_each_column_differs_from_the_backfill_in_exactly_the_rows_the_truth_counts(
    truth: dict[str, Any], shadow: dict[str, Event], offline: dict[str, Event]
) -> None:
    differing = {
        name: sum(
            not same(event["features"].get(name), offline[key][name])
            for key, event in shadow.items()
        )
        for name in truth["columns"]
    }
    assert differing == {name: told["rows_affected"] for name, told in truth["columns"].items()}
    assert {told["rows_total"] for told in truth["columns"].values()} == {len(shadow)}


def test_only_the_six_bugs_are_expected_to_fail_and_each_touches_rows(
    truth: dict[str, Any],
) -> None:
    broken = {n for n, told in truth["columns"].items() if told["expected"] == "fail"}
    planted = {"distance_miles", "dep_hour", "pressure", "carrier", "origin_delay_60m", "seats"}
    assert broken == planted
    assert all(
        (told["rows_affected"] > 0) == (n in planted) for n, told in truth["columns"].items()
    )


def test_every_bug_is_the_one_described(
    shadow: dict[str, Event], offline: dict[str, Event]
) -> None:
    for key, event in shadow.items():
        right, logged = offline[key], event["features"]
        android, released = event["caller"] == "app-android", event["timestamp"] >= RELEASE
        assert logged["distance_miles"] == pytest.approx(right["distance_miles"] * 1.609344)
        assert logged["dep_hour"] == (right["dep_hour"] + 4) % 24
        assert logged["pressure"] == (0.0 if right["pressure"] is None else right["pressure"])
        assert logged["carrier"] == (right["carrier"].lower() if android else right["carrier"])
        assert logged["origin_delay_60m"] == 0.0
        text = released and right["seats"] is not None
        assert same(logged["seats"], str(right["seats"]) if text else right["seats"])


def test_the_score_in_the_log_moves_with_the_broken_features(
    truth: dict[str, Any], shadow: dict[str, Event], offline: dict[str, Event]
) -> None:
    moved = sum(event["score"] != offline[key]["score"] for key, event in shadow.items())
    assert moved == truth["score"]["rows_affected"] > 0
    assert all(0 < event["score"] < 1 for event in shadow.values())


def test_the_clean_log_holds_no_training_row(train: pl.DataFrame, clean: list[Event]) -> None:
    """Departure, weather and aeroplane together name a flight, so no key is needed."""
    names = features(train.columns)
    known = set(train.select(names).iter_rows())
    assert len(known) > 0.999 * train.height
    assert not [e for e in clean if tuple(e["features"][name] for name in names) in known]


def test_the_clean_log_covers_the_months_of_training_evenly(
    train: pl.DataFrame, clean: list[Event]
) -> None:
    """Chi-square with 5 degrees of freedom; 20.5 is its 99.9 % point."""
    month = train["scheduled_departure"].dt.month().value_counts()
    share = {int(m): n / train.height for m, n in month.iter_rows() if m <= 6}
    seen = Counter(int(event["timestamp"][5:7]) for event in clean)
    expected = {m: share[m] * len(clean) for m in range(1, 7)}
    assert sum((seen[m] - e) ** 2 / e for m, e in expected.items()) < 20.5


def test_the_clean_log_has_the_distributions_of_training(
    train: pl.DataFrame, clean: list[Event]
) -> None:
    """KS of 50,000 against 6,000 rows exceeds 0.027 by chance once in a thousand columns."""
    rows = pl.DataFrame([event["features"] for event in clean], infer_schema_length=None)
    for name in train.select(pl.selectors.numeric()).columns:
        if name != "score":
            assert ks(train[name], rows[name]) < 0.027, name


def test_july_moves_the_columns_marked_as_drift_and_no_bug_does(
    truth: dict[str, Any], train: pl.DataFrame, offline: dict[str, Event]
) -> None:
    drifting = [n for n, told in truth["columns"].items() if told["expected"] == "drift"]
    assert drifting == ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust"]
    july = pl.DataFrame(list(offline.values()), infer_schema_length=None)
    for name in drifting:
        nulls = abs(july[name].null_count() / july.height - train[name].null_count() / train.height)
        moved = max(nulls, ks(train[name], july[name]))
        assert moved > 0.1
        assert moved == pytest.approx(truth["columns"][name]["population_shift"], abs=1e-3)


def test_the_model_file_is_readable_text_that_names_the_features(truth: dict[str, Any]) -> None:
    text = (FLIGHTS / "model.txt").read_text()
    line = next(line for line in text.splitlines() if line.startswith("feature_names="))
    assert line.removeprefix("feature_names=").split() == list(truth["columns"])
    assert text.count("\nTree=") == truth["model"]["trees"]


def test_the_readme_quotes_the_counts_of_the_truth(truth: dict[str, Any]) -> None:
    readme = (FLIGHTS / "README.md").read_text()
    broken = {n: t for n, t in truth["columns"].items() if t["bug"]} | {"score": truth["score"]}
    for name, told in broken.items():
        hit, total = told["rows_affected"], told["rows_total"]
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"{hit:,} of {total:,} ({hit / total:.1%})".replace("%)", " %)") in row
    for area in truth["model"]["auc"].values():
        assert f"{area:.4f}" in readme


def ks(train: pl.Series, serve: pl.Series) -> float:
    """The largest gap between two empirical distribution functions, nulls apart."""
    shares = [s.drop_nulls().alias("v").value_counts(normalize=True) for s in (train, serve)]
    both = (
        shares[0]
        .cast({"v": pl.Float64})
        .join(shares[1].cast({"v": pl.Float64}), on="v", how="full", coalesce=True)
    )
    ordered = both.sort("v").fill_null(0.0)
    gap: pl.Series = (ordered["proportion"] - ordered["proportion_right"]).cum_sum().abs()
    return float(str(gap.max()))
