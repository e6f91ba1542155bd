"""A progress bar on stderr, only for a person who waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

PATIENCE = 1.0  # seconds before a bar is worth its flicker

Progress = Callable[[str, int, int], None]


@contextmanager
def bar(wanted: bool) -> Iterator[Progress | None]:
    """Give a callback (stage, done, total) that draws once the work takes longer than a second.

    Gives None when nobody watches: not wanted, or stderr is no terminal.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    bars = Bars(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}
    begun = monotonic()

    def step(stage: str, done: int, total: int) -> None:
        if monotonic() - begun < PATIENCE:
            return
        if not tasks:
            bars.start()
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)

    try:
        yield step
    finally:
        bars.stop()
