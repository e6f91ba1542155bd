"""Topics of the report apart from single columns, one file each; the file's name is its name.

A section's module has ``ORDER`` (its place in the report) and ``section(run)``, which returns a
Section, or None where the run has nothing to say of it.
"""

from __future__ import annotations

from skewcheck.discovery import discover
from skewcheck.layout import Section
from skewcheck.run import Run


def sections(run: Run) -> tuple[Section, ...]:
    """Return the sections of a run that have something to say, in the order of the report."""
    modules = sorted(discover("skewcheck.sections").values(), key=lambda m: (m.ORDER, m.__name__))
    made = (module.section(run) for module in modules)
    return tuple(section for section in made if section is not None)
