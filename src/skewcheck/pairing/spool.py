"""Columns put aside in one temporary file without a name, and given back without a copy."""

from __future__ import annotations

import mmap
from contextlib import suppress
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

import numpy as np
import pyarrow as pa

from skewcheck.errors import OutputError
from skewcheck.sources.batch import Lanes
from skewcheck.sources.trouble import said

ALIGNED = 64
Place = tuple[int, ...]  # where each array of a column begins


class Spool:
    """Each array is an Arrow IPC stream of its own; Lanes are four of them.

    The file has no name, so that it vanishes with the process however that ends. Put from several
    threads, ``seal``, then get.
    """

    def __init__(self) -> None:
        """Make no file before the first column is put aside."""
        self._file: IO[bytes] | None = None
        self._end, self._lock = 0, Lock()
        self._map: pa.Buffer | None = None

    def put(self, cells: pa.Array | Lanes) -> Place:
        """Write a column and return its place.

        Raises:
            OutputError: the disk is full, or there is no folder for temporary files.
        """
        if not isinstance(cells, Lanes):
            return (self._write(cells),)
        arrays = (cells.states, cells.numbers, cells.texts, cells.booleans)
        return tuple(self._write(pa.array(array)) for array in arrays)

    def _write(self, array: pa.Array) -> int:
        sink = pa.BufferOutputStream()
        batch = pa.record_batch([array], ["x"])
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        data = sink.getvalue()
        with self._lock:
            try:
                if self._file is None:
                    self._file = TemporaryFile(prefix="skewcheck-")  # noqa: SIM115 -- see close
                start = self._end
                self._file.write(memoryview(data))
                self._end += data.size + self._file.write(bytes(-data.size % ALIGNED))
            except OSError as error:
                raise _full(error) from error
        return start

    def seal(self) -> None:
        """Bring all that was put aside within reach of ``get``."""
        if self._file is None:
            return
        try:
            self._file.flush()
            self._map = pa.py_buffer(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise _full(error) from error

    def get(self, place: Place) -> pa.Array | Lanes:
        """Return the column at a place, its values still in the file."""
        found = [self._read(start) for start in place]
        if len(found) == 1:
            return found[0]
        states, numbers, texts, booleans = found
        flags = np.asarray(booleans.to_numpy(zero_copy_only=False), np.bool_)
        return Lanes(states.to_numpy(), numbers.to_numpy(), texts, flags)

    def _read(self, start: int) -> pa.Array:
        assert self._map is not None
        with pa.ipc.open_stream(self._map.slice(start)) as reader:
            return reader.read_next_batch().column(0)

    def close(self) -> None:
        """Give the file back; the system frees its room when the last column of it is gone."""
        self._map = None
        if self._file is not None:
            with suppress(OSError):  # what was not yet written found no room
                self._file.close()
            self._file = None


def _full(error: OSError) -> OutputError:
    return OutputError(
        f"temporary files cannot be written ({said(error)}); "
        "free some space or set TMPDIR to a folder that has some"
    )
