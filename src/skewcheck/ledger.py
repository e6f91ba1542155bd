"""What became of every event that was read. The ledger always sums up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EXAMPLES = 5


@dataclass(slots=True)
class Ledger:
    """Counts of events by fate, and of files passed over; two ledgers add up.

    ``fates`` has ``ok``, ``malformed``, ``duplicates`` (exact copies, counted once),
    ``conflicting`` (same key, other content; compared), ``blank`` is not an event. ``notes`` keeps
    the first places of trouble in the order of file and line, at most five a fate.
    ``files`` are the files read, ``skipped`` those passed over with the reason.
    """

    fates: Counter[str] = field(default_factory=Counter)
    notes: dict[str, list[tuple[str, int, str]]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """Return the number of events read; the fates always sum to it."""
        return sum(self.fates.values())

    def count(self, fate: str, n: int = 1) -> None:
        """Add n events of this fate."""
        self.fates[fate] += n

    def note(self, fate: str, file: str, line: int, reason: str) -> None:
        """Count one event of this fate and remember its place among the first few."""
        self.fates[fate] += 1
        kept = self.notes.setdefault(fate, [])
        kept.append((file, line, reason))
        kept.sort()
        del kept[EXAMPLES:]

    def move(self, n: int, source: str, target: str) -> None:
        """Give n events another fate; the sum stays."""
        self.fates[source] -= n
        self.fates[target] += n

    def add(self, other: Ledger) -> None:
        """Count what another ledger did."""
        both = self.merge(other)
        self.fates, self.notes = both.fates, both.notes
        self.files, self.skipped = both.files, both.skipped

    def clear(self) -> None:
        """Forget everything."""
        for kept in (self.fates, self.notes, self.files, self.skipped):
            kept.clear()

    def merge(self, other: Ledger) -> Ledger:
        """Return the ledger of both readings."""
        notes: dict[str, list[tuple[str, int, str]]] = {}
        for fate in sorted({*self.notes, *other.notes}):
            both = self.notes.get(fate, []) + other.notes.get(fate, [])
            notes[fate] = sorted(both)[:EXAMPLES]
        return Ledger(
            self.fates + other.fates,
            notes,
            sorted({*self.files, *other.files}),
            dict(sorted({**self.skipped, **other.skipped}.items())),
        )
