"""Tonight's run: held against the nights before, then kept beside them."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from skewcheck.errors import InputError, OutputError
from skewcheck.history.changes import change, courses
from skewcheck.history.compacting import compact
from skewcheck.history.folder import Folder, listed, newest, read_folder, stem_of
from skewcheck.history.record import findings_of, record
from skewcheck.history.stored import NAME, findings, look, profile_of_run, store, table_of
from skewcheck.looks import WEEK, Night, looked
from skewcheck.nights import Course, Past, StoredFinding, StoredRun, apart
from skewcheck.profile import Profile
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.verdict import Outcome
from skewcheck.write import ready_folder

SHOWN = 30  # nights that a report looks back on
QUIET = (Outcome.PASS, Outcome.UNJUDGED)


def remember(folder: str | os.PathLike[str], run: Run) -> Past:
    """Return what the history says to a run that is not in it yet.

    A history that does not exist yet is empty. What cannot be read is among the troubles.
    """
    tonight = record(run, "tonight")
    held = read_folder(folder) if os.path.lexists(folder) else Folder(Path(folder), ())
    troubles = dict(held.troubles)
    earlier = [n for n in newest(held.runs) if n.night != tonight.night and n.order < _end(tonight)]
    told: list[list[StoredFinding]] = []
    nights = earlier[-SHOWN + 1 :]
    loud = [name for name, outcome in tonight.columns.items() if outcome not in QUIET]
    for night in nights if loud else ():
        try:
            told.append([f for f in findings(night) if f.column in loud])
        except InputError as error:
            told.append([])
            troubles[night.file.name] = error.problem
    drawn: list[Course] = []
    if loud:
        drawn = courses([*told, findings_of(run, "tonight")], loud)
    last = change(nights[-1], tonight) if nights else None
    nights = [*nights, tonight]
    before = [known for known in held.runs if known.night == tonight.night]
    return Past(
        str(folder),
        tuple(nights),
        len(held.runs),
        last,
        tuple(drawn),
        troubles,
        before[-1] if before else None,
    )


def recalled(folder: str | os.PathLike[str], run: Run) -> Run:
    """Return the run beside what the history says, judged as one night of a series.

    From the second night on failures are held against their part of a year's false alarms, and
    the last seven nights are looked at together as well.
    """
    run = replace(run, past=remember(folder, run))
    night = _looked(run)
    if night is None:
        return run
    last = night.views[0].verdict
    reason = last.reason if night.outcome is last.outcome else night.reason
    run = replace(run, verdict=replace(last, outcome=night.outcome, reason=reason), night=night)
    return replace(run, past=remember(folder, run))


def _looked(run: Run) -> Night | None:
    """Return the verdict by night and by week; None where no earlier profile can be read."""
    assert run.past is not None
    profiles: list[Profile] = []
    for stored in apart(run.past.nights[-WEEK:])[:-1]:
        try:
            if look(stored.file).profiled == (stored.id,):  # a fold is more than this night
                profiles.append(profile_of_run(stored))
        except (FileNotFoundError, InputError):
            continue  # the report tells of it among the troubles
    if not profiles:
        return None
    found = [j.finding for judgements in run.verdict.columns.values() for j in judgements]
    profiles.append(run.serve.profile)
    return looked(run.train.profile, profiles, found, run.schema, run.policy)


def _end(tonight: StoredRun) -> tuple[float, float, str, str]:
    """Return the place in the order of nights of a run that has no number yet: the last one."""
    return (tonight.order[0], float("inf"), "", "")


def ready(folder: str | os.PathLike[str]) -> None:
    """Make the folder if it is not there, and see that a file can be made in it.

    Raises:
        OutputError: it cannot; said before the work rather than after it.
    """
    ready_folder(Path(folder), "history")


def keep(folder: str | os.PathLike[str], run: Run, report: bytes | None = None) -> StoredRun:
    """Add a finished run to a history, and return it as it was read back.

    ``report`` is its report as ``kept.encode`` makes it; without it the run cannot be shown again.

    Nothing that is there is replaced. The run's number is one more than the highest there, also
    where the clock was set back; two jobs that end at once may share a number and differ by id.

    Raises:
        OutputError: the file cannot be written or does not read back; the runs there are as before.
    """
    path = Path(folder)
    ready(path)
    identity = os.urandom(6).hex()
    sequence, previous = _place(path)
    kept = replace(record(run, identity), sequence=sequence, previous=previous)
    told = table_of(findings_of(run, identity))
    roles = {c.name: c for c in run.schema if c.role is not Role.FEATURE}
    profile = replace(run.serve.profile, roles=roles)
    reports = {identity: report} if report is not None else None
    stem = path / stem_of(kept)
    target = store(stem, [kept], told, profile=profile, of=[identity], reports=reports)
    try:
        return look(target).runs[0]
    except (FileNotFoundError, InputError) as error:
        raise OutputError(f"{safe(target, 200)}: does not read back; run again") from error


def tidy(folder: str | os.PathLike[str], older_than: float | None) -> str:
    """Fold the nights that are old enough, and return in words what was done; None folds none.

    Nothing that goes wrong here is worth a run's verdict: it is said, and the nights stay.
    """
    if older_than is None:
        return ""
    try:
        done = compact(folder, older_than, now=time.time())
    except (InputError, OutputError, OSError) as error:
        return f"note: old nights were not folded: {safe(error, 300)}"
    if not done.folds:
        return ""
    sizes = " to ".join(f"{size / 1e6:,.1f} MB" for size in (done.before, done.after))
    return f"folded {done.runs:,} old nights, {sizes}"


def _place(path: Path) -> tuple[int, str]:
    """Return the number of the next run, and the id of the one that is the newest now."""
    names = [found for name in listed(path) if (found := NAME.fullmatch(name))]
    last = max(names, key=lambda found: (int(found["sequence"]), found[0]), default=None)
    if last is None:
        return 1, ""
    return int(last["sequence"]) + 1, last["id"]
