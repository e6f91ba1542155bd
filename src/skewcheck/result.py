"""The Python front door: ``skewcheck.compare(train=..., serve=...)`` and what it returns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skewcheck import config as _config
from skewcheck import pipeline, profiling
from skewcheck.config import Config
from skewcheck.history.tonight import keep, ready, recalled, tidy
from skewcheck.kept import encode
from skewcheck.pairing.request import Request
from skewcheck.profile import Profile
from skewcheck.replay.request import ModelRequest
from skewcheck.report import Report, build, rows
from skewcheck.run import Run
from skewcheck.schema import Role
from skewcheck.span import duration, period
from skewcheck.verdict import Outcome
from skewcheck.write import write

if TYPE_CHECKING:
    import polars as pl

Names = str | Iterable[str] | None
Tolerance = float | Mapping[str | None, float] | None


class Result:
    """A finished comparison.

    ``run`` has everything; ``verdict`` is ``"pass"``, ``"fail"`` or ``"inconclusive"``.
    """

    def __init__(self, run: Run) -> None:
        """Wrap a run."""
        self.run = run

    @property
    def verdict(self) -> str:
        """Return ``"pass"`` (warnings allowed), ``"fail"`` or ``"inconclusive"``."""
        outcome = self.run.verdict.outcome
        return str(Outcome.PASS if outcome is Outcome.WARN else outcome)

    @property
    def passed(self) -> bool:
        """Return whether the verdict is a pass; inconclusive is not one."""
        return self.run.verdict.exit_code == 0

    @property
    def exit_code(self) -> int:
        """Return what the command line would exit with: 0, 1 or 3."""
        return self.run.verdict.exit_code

    @cached_property
    def report(self) -> Report:
        """Return the report: order, rounding and wording, no format."""
        return build(self.run)

    def to_json(self) -> str:
        """Return the report as JSON text."""
        from skewcheck.render.json import render

        return render(self.report)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as the JSON file holds it."""
        loaded: dict[str, Any] = json.loads(self.to_json())
        return loaded

    def to_frame(self) -> pl.DataFrame:
        """Return one row per column and check, as a Polars frame."""
        import polars as pl

        return pl.DataFrame(rows(self.report), infer_schema_length=None)

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the report as one HTML file; whole, or not at all."""
        self._save("html", path)

    def save_json(self, path: str | os.PathLike[str]) -> None:
        """Write the report as JSON; whole, or not at all."""
        self._save("json", path)

    def save_junit(self, path: str | os.PathLike[str]) -> None:
        """Write the report as JUnit XML, a case per column and check; whole, or not at all."""
        self._save("junit", path)

    def save_markdown(self, path: str | os.PathLike[str]) -> None:
        """Write the report as a comment for a pull request; whole, or not at all."""
        self._save("markdown", path)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report for ``skewcheck report`` to set in type again; whole, or not at all."""
        write(encode(self.report), Path(path))

    def add_to_evidently(
        self, workspace: str | os.PathLike[str], project: str = "skewcheck"
    ) -> Path:
        """Add the run to an Evidently workspace, and return the file of its snapshot.

        Needs ``skewcheck[evidently]``; switches Evidently's telemetry off in this process.
        """
        from skewcheck.render.evidently import add

        return add(self.report, workspace, project)

    def _save(self, name: str, path: str | os.PathLike[str]) -> None:
        write(import_module(f"skewcheck.render.{name}").render(self.report), Path(path))

    def _repr_html_(self) -> str:
        """Return a short report in a frame of its own: it cannot touch the notebook's page."""
        from html import escape

        from skewcheck.render.html import brief

        page = escape(brief(self.report), quote=True)
        return (
            f'<iframe title="skewcheck report" sandbox="" srcdoc="{page}" '
            'width="100%" height="480" style="border:0"></iframe>'
        )

    def __str__(self) -> str:
        """Return the terminal report without colour."""
        from skewcheck.render.terminal import render

        return render(self.report, width=100, color=False)

    def __repr__(self) -> str:
        """Return the verdict in one line."""
        return f"<skewcheck.Result {self.report.headline}>"


def compare(
    train: object,
    serve: object,
    *,
    key: Names = None,
    score: Names = None,
    time: Names = None,
    label: Names = None,
    ignore: Names = None,
    labels: object = None,
    offline: object = None,
    as_of: str | None = None,
    tolerance: str | None = None,
    repair_key: Names = None,
    abs_tol: Tolerance = None,
    rel_tol: Tolerance = None,
    model: str | os.PathLike[str] | None = None,
    predict: str | Callable[[Any], Any] | None = None,
    since: str | None = None,
    until: str | None = None,
    window: str | None = None,
    history: str | os.PathLike[str] | None = None,
    policy: Config | str | os.PathLike[str] | None = None,
) -> Result:
    """Return the comparison of a training snapshot with the logs of a model in shadow mode.

    ``train`` and ``serve`` are paths (file, folder, glob), saved profiles, or frames: Polars
    (lazy too), pandas, pyarrow, a DuckDB relation. ``policy`` is a Config or the path of a
    ``skewcheck.toml``; none is searched for.

    ``labels`` is a table of labels that arrived later, joined to serve by its key; the label's
    column is found by its name, or is that of ``label``.

    ``offline`` is an offline recomputation of the logged requests, to pair rows with by ``key``;
    without it rows are paired with train's own where keys overlap. ``as_of`` and ``tolerance``
    (``"5m"``) pair by entity and time, ``abs_tol`` and ``rel_tol`` (a number, or numbers by column)
    say which paired values are the same.

    ``model`` (an ONNX, LightGBM text or XGBoost JSON file) or ``predict`` (a function, or
    ``"package.module:function"``, that takes a ``pyarrow.Table`` of features and returns a number
    per row) is asked again for a sample of the logged rows.
    ``since`` and ``until`` (ISO times, or ``"7d"`` before now) or ``window`` (``"1d"``, the last
    one in the log) choose serve's events by time. ``history`` is a folder in which the run leaves
    a file, and whose earlier nights the report tells of; the policy file may name it too.

    Raises:
        InputError: a side cannot be read, holds no row, or they have nothing in common.
        ConfigError: the policy file is wrong.
        OutputError: the run cannot be kept in the history.
    """
    given = {
        Role.KEY: key,
        Role.SCORE: score,
        Role.TIME: time,
        Role.LABEL: label,
        Role.IGNORED: ignore,
    }
    overrides = {role: _listed(names) for role, names in given.items() if names is not None}
    loaded = policy if isinstance(policy, Config) or policy is None else _config.load(Path(policy))
    pairing = Request(
        offline,
        as_of,
        duration(tolerance) if tolerance else None,
        tuple(_listed(repair_key or ())),
        _tolerances(abs_tol),
        _tolerances(rel_tol),
    )
    asked = period(since, until, window)
    folder = history or (loaded.history if loaded else None)
    if folder is not None:
        ready(folder)
    run = pipeline.compare(
        train,
        serve,
        config=loaded,
        overrides=overrides,
        pairing=pairing,
        labels=labels,
        replaying=ModelRequest(os.fspath(model) if model else None, predict),
        period=asked,
    )
    if folder is None:
        return Result(run)
    result = Result(recalled(folder, run))
    keep(folder, result.run, encode(result.report))
    tidy(folder, (loaded or Config()).fold_after)
    return result


def make_profile(
    data: object,
    *,
    key: Names = None,
    ignore: Names = None,
    offline: object = None,
    like: object = None,
) -> Profile:
    """Return the profile of a data set: counts, no row; ``.save(path)`` writes it.

    With ``offline``, a recomputation of the logged requests, the data are logs, and the profile
    holds what ``compare`` needs to know of the rows paired by ``key``, some values among it. With
    ``like``, train or its profile, logs are laid on train's cells, so that nights add up exactly.
    """
    given = {Role.KEY: key, Role.IGNORED: ignore}
    overrides = {role: _listed(names) for role, names in given.items() if names is not None}
    return profiling.make_profile(data, like=like, overrides=overrides, pairing=Request(offline))


def _tolerances(given: Tolerance) -> Mapping[str | None, float]:
    if given is None:
        return {}
    return given if isinstance(given, Mapping) else {None: given}


def _listed(names: str | Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)
