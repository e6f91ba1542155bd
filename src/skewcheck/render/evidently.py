"""Evidently: the run as a snapshot in a workspace, whose dashboard plots it over the nights.

The only module that knows Evidently, with the two it is made of. They import it at the top; this
one does so inside functions, after telemetry is switched off.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from skewcheck.errors import OutputError, UsageError
from skewcheck.report import Report
from skewcheck.sanitize import safe
from skewcheck.write import ready_folder, write

PROJECT = "skewcheck"
SPACE = UUID("6a1f5f0e-6a35-4c5b-9d0e-4f3c2b6f0e71")  # of names of projects and nights
OFF = ("DO_NOT_TRACK", "ITERATIVE_DO_NOT_TRACK")  # read by Evidently and its telemetry's library
ABOUT = "skewcheck: training data against the logs of the model in shadow mode"
INSTALL = "pip install 'skewcheck[evidently]'"


def ready(workspace: str | os.PathLike[str]) -> None:
    """See, before any work, that Evidently is there and the folder can be written.

    Evidently's telemetry is switched off for this process and those it starts.

    Raises:
        UsageError: Evidently is missing or does not import, or the workspace is an address.
        OutputError: nothing can be written to the folder.
    """
    if "://" in os.fspath(workspace):
        name = safe(workspace, 200)
        raise UsageError(f"--evidently {name}: is an address; name a folder of this machine")
    with _imported():
        pass
    ready_folder(Path(workspace), "workspace")


def add(report: Report, workspace: str | os.PathLike[str], project: str = PROJECT) -> Path:
    """Put the run into the workspace and return the snapshot's file.

    A project that is not there is made, with its panels; one that is there keeps its own. A night
    has one snapshot: running it again replaces it.

    Raises:
        UsageError, OutputError: as ``ready`` does.
    """
    ready(workspace)
    with _imported() as (api, snapshots):
        model = snapshots.snapshot(report)
        identity = uuid5(SPACE, project)
        try:
            _make(api.Workspace(os.fspath(workspace)), identity, project, report)
        except (OSError, ValueError) as error:
            raise OutputError(f"workspace {safe(workspace, 200)}: {safe(error, 200)}") from error
        text = json.dumps(model.dict(), cls=_encoder(), allow_nan=False)
    folder = Path(workspace) / str(identity) / "snapshots"
    folder.mkdir(exist_ok=True)
    file = folder / f"{uuid5(identity, report.basis.night)}.json"
    write(text, file)
    with file.open("a") as end:  # a service that watches the folder sees files grow, no new names
        end.write("\n")
    return file


def _make(workspace: Any, identity: UUID, name: str, report: Report) -> None:
    """Make the project, unless it is there: its panels first, so that none is without them."""
    if workspace.get_project(identity) is not None:
        return
    from evidently.sdk.models import ProjectModel

    from skewcheck.render._panels import dashboard
    from skewcheck.render._snapshot import inert

    Path(workspace.path, str(identity)).mkdir(exist_ok=True)
    workspace.save_dashboard(identity, dashboard(report))
    workspace.add_project(ProjectModel(id=identity, name=inert(name), description=ABOUT))


def _encoder() -> type[json.JSONEncoder]:
    from evidently.legacy.utils import NumpyEncoder

    encoder: type[json.JSONEncoder] = NumpyEncoder
    return encoder


@contextmanager
def _imported() -> Iterator[tuple[Any, Any]]:
    """Lend Evidently's workspaces and our snapshots, without the warnings of its imports.

    Raises UsageError where it does not import.
    """
    for name in OFF:
        os.environ[name] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            api = import_module("evidently.ui.workspace")
            snapshots = import_module("skewcheck.render._snapshot")
        except ImportError as error:
            why = f"Evidently does not import here ({safe(error, 200)})"
            raise UsageError(f"--evidently: {why}; {INSTALL}") from error
        yield api, snapshots
