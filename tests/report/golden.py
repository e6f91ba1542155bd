"""Golden files: what an output looked like when somebody last looked at it."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "golden"


def expected(name: str, actual: str) -> str:
    """Return the golden text; write it first when SKEWCHECK_UPDATE_GOLDEN is set."""
    path = GOLDEN / name
    if os.environ.get("SKEWCHECK_UPDATE_GOLDEN"):
        path.write_text(actual, encoding="utf-8", newline="\n")
    return path.read_text(encoding="utf-8")
