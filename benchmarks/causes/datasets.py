"""The public tables in which mistakes are planted, and how each is read into two clean halves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

MISSING = ["", "NA", "NULL", "?"]
KEY = "request_id"
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)
ADULT = (
    *("age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation"),
    *("relationship", "race", "sex", "capital_gain", "capital_loss", "hours_per_week"),
    *("native_country", "income"),
)

Made = Callable[[pl.DataFrame], pl.DataFrame]


def _same(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


@dataclass(frozen=True)
class Dataset:
    """A table: its files, where they are from, and what its columns are for.

    ``made`` adds or drops columns; ``time`` and ``entity`` name the event's time and whom it is
    about, ``cycles`` are columns that run in a circle with their least value and period, ``dates``
    the text columns that hold days, with their format.
    """

    name: str
    files: tuple[str, ...]
    source: str
    licence: str
    made: Made = _same
    time: str | None = None
    entity: str | None = None
    cycles: tuple[tuple[str, int, int], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    header: tuple[str, ...] = ()

    def read(self, folder: Path) -> pl.DataFrame:
        """Return the whole table; texts without blanks around them, numbers as numbers."""
        table = pl.concat([self._one(folder / file) for file in self.files])
        return self.made(table.select(_tidy(column) for column in table))

    def _one(self, path: Path) -> pl.DataFrame:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(
            path,
            has_header=not self.header,
            new_columns=list(self.header) or None,
            null_values=MISSING,
            infer_schema_length=None,
        )


def _tidy(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    texts = column.str.strip_chars()
    texts = texts.set(texts.is_in(MISSING), None)
    for kind in (pl.Int64, pl.Float64):
        numbers = texts.cast(kind, strict=False)
        if numbers.null_count() == texts.null_count():
            return numbers
    return texts


@dataclass(frozen=True)
class Halves:
    """Two random halves of a table, each with a key of its own, in order of time if it has one."""

    dataset: Dataset
    train: pl.DataFrame
    serve: pl.DataFrame

    @property
    def features(self) -> list[str]:
        """Return the columns in which something may be planted."""
        others = (KEY, self.dataset.time, self.dataset.entity)
        return [name for name in self.train.columns if name not in others]


def halves(dataset: Dataset, folder: Path, rows: int, seed: int = 0) -> Halves:
    """Return ``rows`` rows a side (half of the table, if it is smaller), drawn at random."""
    table = dataset.read(folder)
    drawn = table.sample(min(2 * rows, len(table)), shuffle=True, seed=seed)
    keys = pl.Series(KEY, [f"r{number:07d}" for number in range(len(drawn))])
    drawn = drawn.insert_column(0, keys)
    cut = len(drawn) // 2
    sides = (drawn[:cut], drawn[cut : 2 * cut])
    if dataset.time:
        sides = (sides[0].sort(dataset.time), sides[1].sort(dataset.time))
    return Halves(dataset, *sides)


def _month(number: pl.Expr) -> pl.Expr:
    """Return a month's French name, so that there are accents to lose."""
    names = dict(enumerate(MONTHS, 1))
    return number.cast(pl.Int64).replace_strict(names, return_dtype=pl.String).alias("mois")


def _bike(frame: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("dteday").str.to_datetime("%m/%d/%Y")
    return frame.with_columns(
        _month(pl.col("mnth")), (day + pl.duration(hours=pl.col("hr"))).alias("moment")
    ).drop("instant")


def _games(frame: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("date").str.to_datetime("%Y-%m-%d")
    return frame.with_columns(_month(day.dt.month()), day.alias("moment")).drop(
        "prob1_outcome", "prob2_outcome"
    )


def _hotel(frame: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("reservation_status_date").str.to_date("%m/%d/%Y")
    constant = [name for name in frame.columns if frame[name].n_unique() == 1]
    return frame.with_columns(_month(day.dt.month())).drop(constant)


def _air(frame: pl.DataFrame) -> pl.DataFrame:
    moment = pl.datetime("year", "month", "day", "hour").alias("moment")
    return frame.with_columns(moment, _month(pl.col("month"))).drop("No")


def _taxi(frame: pl.DataFrame) -> pl.DataFrame:
    tract = pl.col("dropoff_census_tract").cast(pl.String)
    moment = pl.from_epoch("trip_start_timestamp").alias("moment")
    known = frame.filter(pl.col("company").is_not_null())
    return known.with_columns(tract, moment, _month(pl.col("trip_start_month"))).drop(
        "pickup_census_tract", "trip_start_timestamp"
    )


def _azure(frame: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("TIMESTAMP").str.slice(0, 26).str.to_datetime("%Y-%m-%d %H:%M:%S%.f")
    tokens = pl.col("ContextTokens") + pl.col("GeneratedTokens")
    return frame.select(
        moment.alias("moment"),
        "ContextTokens",
        "GeneratedTokens",
        tokens.alias("tokens"),
        (pl.col("GeneratedTokens") / tokens).alias("generated_share"),
    )


def _bandit(frame: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("timestamp").str.slice(0, 19).str.to_datetime("%Y-%m-%d %H:%M:%S")
    kept = [name for name in frame.columns if name.startswith("user_feature")]
    return frame.select(
        moment.alias("moment"), moment.dt.hour().cast(pl.Int64).alias("hour"), "item_id", *kept
    )


def _flights(frame: pl.DataFrame) -> pl.DataFrame:
    moment = pl.col("scheduled_departure").dt.replace_time_zone(None).alias("moment")
    return frame.with_columns(moment).drop("flight_id", "scheduled_departure", "score", "late")


UCI = "https://archive.ics.uci.edu/dataset/"
CC_BY = "CC BY 4.0"
FTE = "https://github.com/fivethirtyeight/checking-our-work-data"
SETS = (
    Dataset("adult", ("adult.data.gz",), UCI + "2/adult", CC_BY, header=ADULT),
    Dataset(
        "bike", ("bike_hour.csv.gz",), UCI + "275/bike+sharing+dataset", CC_BY, _bike, "moment",
        cycles=(("hr", 0, 24), ("weekday", 0, 7), ("mnth", 1, 12)), dates=(("dteday", "%m/%d/%Y"),),
    ),
    Dataset("diamonds", ("diamonds.csv.gz",), "https://github.com/mwaskom/seaborn-data", "MIT"),
    Dataset(
        "mlb", ("fte_mlb_games.csv.gz",), FTE, CC_BY, _games, "moment", "team1",
        dates=(("date", "%Y-%m-%d"),),
    ),
    Dataset(
        "nba", ("fte_nba_games.csv.gz",), FTE, CC_BY, _games, "moment", "team1",
        dates=(("date", "%Y-%m-%d"),),
    ),
    Dataset(
        "hotel", ("hotel_bookings.csv.gz",), "https://doi.org/10.1016/j.dib.2018.11.126", CC_BY,
        _hotel, dates=(("reservation_status_date", "%m/%d/%Y"),),
    ),
    Dataset(
        "air", ("prsa_Changping.csv.gz", "prsa_Dongsi.csv.gz", "prsa_Huairou.csv.gz"),
        UCI + "501/beijing+multi+site+air+quality+data", CC_BY, _air, "moment", "station",
        cycles=(("hour", 0, 24), ("month", 1, 12)),
    ),
    Dataset(
        "telco", ("telco_churn.csv.gz",),
        "https://github.com/IBM/telco-customer-churn-on-icp4d", "Apache-2.0",
        lambda frame: frame.drop("customerID"),
    ),
    Dataset(
        "taxi", ("tfdv_taxi_train.csv.gz",), "https://github.com/tensorflow/data-validation",
        "Apache-2.0", _taxi, "moment", "company",
        cycles=(("trip_start_hour", 0, 24), ("trip_start_day", 1, 7), ("trip_start_month", 1, 12)),
    ),
    Dataset(
        "credit", ("uci_credit_card.csv.gz",), UCI + "350/default+of+credit+card+clients", CC_BY,
        lambda frame: frame.drop("ID"),
    ),
    Dataset(
        "azure", ("azure_llm_conv.csv.gz",), "https://github.com/Azure/AzurePublicDataset", CC_BY,
        _azure, "moment",
    ),
    Dataset(
        "bandit", ("obd_random_men.csv.gz",), "https://github.com/st-tech/zr-obp", "Apache-2.0",
        _bandit, "moment", cycles=(("hour", 0, 24),),
    ),
    Dataset(
        "flights", ("train.parquet",), "https://github.com/tidyverse/nycflights13", "CC0",
        _flights, "moment", "carrier", cycles=(("dep_hour", 0, 24), ("day_of_week", 1, 7)),
    ),
)  # fmt: skip


def found(folder: Path, names: tuple[str, ...] = ()) -> list[Dataset]:
    """Return the data sets of these names (all) whose files are in a folder."""
    known = {dataset.name for dataset in SETS}
    if unknown := set(names) - known:
        raise SystemExit(f"no data set {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    wanted = [dataset for dataset in SETS if not names or dataset.name in names]
    there = [d for d in wanted if all((folder / file).exists() for file in d.files)]
    if not there:
        raise SystemExit(f"{folder} holds none of the files; they are listed in datasets.py")
    return there
