"""The pictures of docs/gallery.md: what a browser shows of reports on fixtures/flights."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import skewcheck
from skewcheck.render.html import render
from skewcheck.render.terminal import render as terminal
from skewcheck.result import Result

ROOT = Path(__file__).parents[2]
FLIGHTS = "fixtures/flights"
POLICY = "tests/browser/gallery.toml"
NIGHTS = 7  # of the history
WIDE, PHONE = 1120, 390


@dataclass(frozen=True)
class Picture:
    """What to show: a page, the place on it, and the size of the window in pixels.

    ``above`` are pixels of what comes before the place.
    """

    page: str
    place: str
    size: tuple[int, int]
    above: int = 24
    options: Mapping[str, Any] = field(default_factory=dict)


PICTURES = {
    "overview-light": Picture("run", "body", (WIDE, 1000)),
    "overview-dark": Picture("run", "body", (WIDE, 1000), options={"color_scheme": "dark"}),
    "overview-phone": Picture("run", "body", (PHONE, 844), options={"is_mobile": True}),
    "fix-first": Picture("run", "#topic-fix_first", (WIDE, 1060)),
    "column": Picture("run#distance_miles", "#distance_miles", (WIDE, 1400), above=72),
    "decisions": Picture("run", "#topic-decisions", (WIDE, 1020)),
    "value": Picture("run", "#topic-value", (WIDE, 420)),
    "latency": Picture("run", "#topic-latency", (WIDE, 980)),
    "history": Picture("nights", "#topic-history", (WIDE, 900)),
    "terminal": Picture("terminal", "body", (WIDE, 900), above=0),
}


def shoot(browser: Any, folder: Path, picture: Picture) -> bytes:
    """Return a picture as PNG."""
    page, _, anchor = picture.page.partition("#")
    wide, high = picture.size
    context = browser.new_context(viewport={"width": wide, "height": high}, **picture.options)
    try:
        shown = context.new_page()
        shown.goto((folder / f"{page}.html").as_uri() + (f"#{anchor}" if anchor else ""))
        shown.wait_for_timeout(200)
        script = "([place, above]) => { const e = document.querySelector(place); window.scrollTo("
        script += "0, e.getBoundingClientRect().top + window.scrollY - above); }"
        shown.evaluate(script, [picture.place, picture.above])
        shown.wait_for_timeout(100)
        taken: bytes = shown.screenshot()
        return taken
    finally:
        context.close()


def pages(folder: Path) -> None:
    """Write the pages that the pictures are taken of."""
    (folder / "run.html").write_text(render(run().report), "utf-8")
    (folder / "nights.html").write_text(render(nights(folder).report), "utf-8")
    (folder / "terminal.html").write_text(_terminal(run()), "utf-8")


@cache
def run() -> Result:
    """Return the whole log against train, paired with the offline recomputation."""
    with chdir(ROOT):
        return _compare(f"{FLIGHTS}/shadow_logs", FLIGHTS)


def nights(folder: Path) -> Result:
    """Return the last one of some nights that share a history."""
    logs = sorted((ROOT / FLIGHTS / "shadow_logs").iterdir())[:NIGHTS]
    with chdir(folder):
        (folder / "flights").symlink_to(ROOT / FLIGHTS)
        found = [_compare(f"flights/shadow_logs/{log.name}", "flights", "history") for log in logs]
    return found[-1]


def _compare(log: str, home: str, history: str | None = None) -> Result:
    made: Result = skewcheck.compare(
        train=f"{home}/train.parquet",
        serve=log,
        offline=f"{home}/offline.parquet",
        policy=ROOT / POLICY,
        history=history,
    )
    return made


def _terminal(made: Result) -> str:
    """Return a page with the report as a terminal shows it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=100, file=StringIO())
    console.print(Text.from_ansi(terminal(made.report, width=100, color=True)))
    drawn = console.export_svg(title="skewcheck compare train.parquet shadow_logs/")
    drawn = drawn.replace("Fira Code", "DejaVu Sans Mono")
    return f'<!doctype html><meta charset="utf-8"><body style="margin:0">{drawn}</body>'
