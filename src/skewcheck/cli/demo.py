"""``skewcheck demo``: a made-up case with known bugs, compared, truth beside verdict."""

from __future__ import annotations

import shlex
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skewcheck.cli.compare import shown
from skewcheck.cli.outputs import check, mark_incomplete
from skewcheck.cli.progress import bar
from skewcheck.cli.streams import deliver, say
from skewcheck.errors import OutputError

if TYPE_CHECKING:
    from skewcheck.demo import Truth
    from skewcheck.run import Run


@click.command(short_help="Make a case with known bugs and compare it.")
@click.option("--rows", default=20_000, show_default=True, help="Rows on each side.")
@click.option("--folder", metavar="DIR", help="Keep the data here  [default: a temporary folder]")
@click.option("--html", metavar="PATH", help="Write the report as one HTML file.")
@click.option("--seed", default=7, show_default=True, help="Another seed, other data.")
def demo(rows: int, folder: str | None, html: str | None, seed: int) -> int:
    """Make a credit-scoring case with planted pipeline bugs, compare it, and check the verdicts.

    Exits with 0 when no planted bug passed and no clean column failed, else with 1: it is the
    demonstration that is judged, not the data.
    """
    with ExitStack() as stack:
        home = Path(folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="skewcheck-")))
        if (home / "train.parquet").exists() or (home / "shadow_logs").exists():
            raise OutputError(f"{home}: has data already; name another folder")
        check((html,), [str(home)])
        mark_incomplete({"html": html} if html else {})
        return _run(home, html, rows=rows, seed=seed)


def _run(home: Path, html: str | None, *, rows: int, seed: int) -> int:
    from skewcheck import pipeline, report
    from skewcheck.config import Config
    from skewcheck.demo import make
    from skewcheck.render import html as as_html
    from skewcheck.write import write

    truth = make(home, rows=rows, seed=seed)
    command = shlex.join(["skewcheck", "compare", str(truth.train), str(truth.serve)])
    with bar(wanted=True) as progress:
        run = pipeline.compare(
            str(truth.train), str(truth.serve), config=Config(), progress=progress, command=command
        )
    laid_out = report.build(run)
    if html is not None:
        write(as_html.render(laid_out), Path(html))
        say(f"wrote {html}")
    table, wrong = _against(truth, run)
    return deliver(shown(laid_out, False, False) + "\n" + table, 1 if wrong else 0)


def _against(truth: Truth, run: Run) -> tuple[str, int]:
    """Return truth beside verdict, a line a column, and how many verdicts are wrong.

    A bug that is not seen yet for want of rows is undecided, which is not wrong.
    """
    wanted = {"fail": ("fail", "inconclusive"), "pass": ("pass", "warn", "inconclusive")}
    width = max(map(len, truth.columns))
    lines, wrong = [f"{'column':<{width}}  {'truth':<5}  {'verdict':<12}  planted\n"], 0
    for name, expected in truth.columns.items():
        verdict = str(run.verdict.column(name))
        right = verdict in wanted.get(expected.outcome, (verdict,))
        wrong += not right
        mark = "" if right else "WRONG: "
        row = f"{name:<{width}}  {expected.outcome:<5}  {verdict:<12}"
        lines.append(f"{row}  {mark}{expected.sentence}\n")
    bugs = sum(expected.outcome == "fail" for expected in truth.columns.values())
    lines.append(f"{bugs} bugs planted; {wrong or 'no'} wrong verdicts\n")
    return "".join(lines), wrong
