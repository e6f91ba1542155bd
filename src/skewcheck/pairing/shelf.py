"""Whole columns of one side by name, at any time: what pairing needs and a stream does not give."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from skewcheck.ledger import Ledger
from skewcheck.pairing.gathering import taken
from skewcheck.pairing.spool import Spool
from skewcheck.pairing.stacking import Piece, stacked
from skewcheck.sources.batch import Batch, Lazy, Part, Source
from skewcheck.sources.cells import Cells
from skewcheck.sources.derived import inner
from skewcheck.sources.frames import FramePart

WORKERS = 2
PIECE = 1 << 16  # rows from which a piece is worth looking at alone
WIDE, CELLS = 256, 1 << 24  # columns from which on, and cells up to which, a file is opened once
SHARED = ("polars DataFrame", "pyarrow Table", "pyarrow RecordBatch")  # Arrow memory already


@dataclass
class _Rack:
    """One part: its batches' rows and names, and where the columns of each are.

    ``places`` are columns in the spool or in memory, by batch; None where ``part`` is read again.
    """

    part: Part
    rows: list[int] = field(default_factory=list)
    names: list[dict[str, None]] = field(default_factory=list)
    places: list[dict[str, tuple[int, ...] | Cells]] | None = None


class Shelf:
    """All rows of a source, a column at a time; ``close`` gives back its temporary file.

    Columns that are decoded when asked for (Parquet) are read from their files at each call;
    Arrow memory is shared; everything else is read once and kept in a temporary file.
    """

    def __init__(self, source: Source) -> None:
        """Look at every part; read those that cannot be read by column.

        Raises:
            InputError: a container is damaged or yields its rows only once.
            OutputError: there is no room for temporary files.
        """
        self._spool, self._stop = Spool(), Event()
        try:
            with ThreadPoolExecutor(WORKERS) as pool:
                try:
                    self._racks = list(pool.map(self._read, source.parts))
                except BaseException:
                    self._stop.set()
                    pool.shutdown(cancel_futures=True)
                    raise
            self._spool.seal()
        except BaseException:
            self.close()
            raise
        self.rows = sum(sum(rack.rows) for rack in self._racks)
        declared = dict.fromkeys(source.declared)
        found = dict.fromkeys(n for rack in self._racks for names in rack.names for n in names)
        self.names = tuple({n: None for n in declared if n in found} | found)

    def _read(self, part: Part) -> _Rack:
        rack = _Rack(part)
        frame = inner(part)
        shared = isinstance(frame, FramePart) and frame.name in SHARED and not frame.layout.encoded
        for batch in part.batches(Ledger()):
            if self._stop.is_set():
                break
            rack.rows.append(batch.rows)
            rack.names.append(dict.fromkeys(batch.columns))
            if isinstance(batch.columns, Lazy) and not self._kept(rack, batch):
                continue
            if rack.places is None:
                rack.places = []
            keep = {n: c if shared else self._spool.put(c) for n, c in batch.columns.items()}
            rack.places.append(keep)
        return rack

    def _kept(self, rack: _Rack, batch: Batch) -> bool:
        """Return whether columns that could be read again are kept all the same.

        To open a file costs as much as it has columns, so a wide and low one is opened once.
        """
        if len(rack.rows) > 1:
            return rack.places is not None
        return len(batch.columns) >= WIDE and batch.rows * len(batch.columns) <= CELLS

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary file; columns that were taken from it stay valid."""
        self._spool.close()

    def column(self, name: str) -> Cells:
        """Return a column of all rows, in the order of the parts.

        Rows whose batch lacks it are ABSENT; types that differ between batches give Lanes, except
        that whole numbers of several widths, and texts however they are stored, are one type.

        Raises:
            InputError: a container is damaged or was changed since it was listed.
        """
        return stacked([piece for rack in self._racks for piece in self._pieces(rack, name)])

    def pieces(self, name: str) -> Iterator[tuple[int, Cells]]:
        """Yield (rows, values) of a column, a piece at a time in the order of the parts.

        Raises InputError as ``column`` does.
        """
        waiting: list[Piece] = []
        for rack in self._racks:
            for piece in self._pieces(rack, name):
                waiting.append(piece)
                if sum(rows for rows, _ in waiting) >= PIECE:
                    yield _together(waiting)
                    waiting = []
        if waiting:
            yield _together(waiting)

    @property
    def files(self) -> NDArray[np.int64]:
        """Return the place of the first row of each file."""
        names = [rack.part.name for rack in self._racks]
        ends = np.cumsum([0, *(sum(rack.rows) for rack in self._racks)])
        new = [i for i, name in enumerate(names) if not i or name != names[i - 1]]
        return ends[np.array(new, np.int64)]

    @property
    def again(self) -> bool:
        """Return whether every column is read from its files at each call."""
        return all(rack.places is None for rack in self._racks)

    @property
    def lots(self) -> int:
        """Return how many batches ``batches`` yields."""
        return sum(len(rack.rows) for rack in self._racks)

    def batches(self, name: str) -> Iterator[tuple[int, int, Cells | None]]:
        """Yield (rows, offset, values) of a column as its files hold it; see ``Batch``."""
        for rack in self._racks:
            if not any(name in names for names in rack.names):
                yield from ((rows, 0, None) for rows in rack.rows)
                continue
            for batch in rack.part.batches(Ledger()):
                yield batch.rows, batch.offset, batch.columns.get(name)

    def taken(self, name: str, positions: NDArray[np.int64]) -> Cells:
        """Return some rows of a column, in the order of ``positions``."""
        return taken(self.column(name), positions)

    def _pieces(self, rack: _Rack, name: str) -> Iterator[Piece]:
        if not any(name in names for names in rack.names):
            yield from ((rows, None) for rows in rack.rows)
        elif rack.places is None:
            for batch in rack.part.batches(Ledger()):
                yield batch.rows, batch.columns.get(name)
        else:
            for rows, kept in zip(rack.rows, rack.places, strict=True):
                place = kept.get(name)
                yield rows, self._spool.get(place) if isinstance(place, tuple) else place


def _together(pieces: list[Piece]) -> tuple[int, Cells]:
    return sum(rows for rows, _ in pieces), stacked(pieces)
