"""The history of runs: a folder in which every finished run leaves one file that never changes.

runs(folder)                one StoredRun per window, the newest, oldest window first
read_folder(folder)         all of them, with the files that could not be read
findings(run, column)       its findings, read when asked for
profile_of_run(run)         the profile of serve that its file holds
report_of_run(run)          its report in bytes, which ``kept.decode`` reads
keep(folder, run, report)   add a finished run
remember(folder, run)       what the report of a run tells of earlier ones
compact(folder, age)        fold the profiles of old nights; verdicts, findings and reports stay
"""

from __future__ import annotations

from skewcheck.history.changes import change, course
from skewcheck.history.compacting import Compacted, compact
from skewcheck.history.folder import Folder, concerning, newest, read_folder, runs
from skewcheck.history.stored import findings, profile_of_run, report_of_run

__all__ = [
    "Compacted",
    "Folder",
    "change",
    "compact",
    "concerning",
    "course",
    "findings",
    "newest",
    "profile_of_run",
    "read_folder",
    "report_of_run",
    "runs",
]
