"""Parts that Python itself decodes, read in processes of their own.

Only one thread of a process runs Python code at a time, so that JSON is decoded on one core however
many there are. A process that decodes sends whole batches back; what is counted, and how, stays
where it was.
"""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, TypeAlias

from skewcheck.errors import InputError, SkewcheckError
from skewcheck.ledger import Ledger
from skewcheck.sources.batch import Batch, Part

LARGE = 1 << 25  # bytes to be decoded, below which a process starts no sooner than they are read
START = (
    "import sys; sys.path[:] = sys.argv[1:]; from skewcheck.engines.processes import serve; serve()"
)
NAMED = re.compile(r"(python|pypy)[\w.\-]*$", re.IGNORECASE)
READY = b"skewcheck reads\n"  # what a process says first
Process: TypeAlias = "subprocess.Popen[bytes]"


@contextmanager
def spread(parts: Sequence[Part], workers: int) -> Iterator[tuple[Part, ...]]:
    """Yield the parts, those that Python decodes to be read elsewhere where that is quicker.

    ``workers`` of them are read at a time.
    """
    size = sum(getattr(_innermost(part), "decoding", 0) for part in parts)
    if workers < 2 or size < LARGE or not _is_python(sys.executable):
        yield tuple(parts)
        return
    crew = _Crew()
    try:
        yield tuple(_changed(part, lambda inner: _moved(inner, crew)) for part in parts)
    finally:
        crew.end()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A part that another process reads."""

    inner: Part
    crew: _Crew

    @property
    def name(self) -> str:
        """Return the name of the container."""
        return self.inner.name

    def batches(self, ledger: Ledger) -> Iterator[Batch]:
        """Yield the rows as the part does; read here where no process can be started.

        Raises:
            InputError: as the part does, or the process was killed.
        """
        process = self.crew.one()
        if process is None:
            yield from self.inner.batches(ledger)
            return
        answers = self._asked(process)
        for batch, seen in answers:
            ledger.add(seen)
            if batch is None:
                self.crew.idle.put(process)
                return
            yield batch

    def _asked(self, process: Process) -> Iterator[tuple[Batch | None, Ledger]]:
        assert process.stdin and process.stdout
        try:
            pickle.dump(self.inner, process.stdin)
            process.stdin.flush()
            while True:
                answer = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
                if isinstance(answer, BaseException):
                    raise answer
                yield answer
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            problem = f"the process that read it ended ({_end(process)})"
            hint = "is there enough memory? a file that does it again is a bug worth reporting"
            raise InputError(problem, file=self.name, hint=hint) from error


@dataclass(slots=True)
class _Crew:
    """Processes that wait for a part, and all that were started; ``alone`` once one could not."""

    idle: SimpleQueue[Process] = field(default_factory=SimpleQueue)
    started: list[Process] = field(default_factory=list)
    alone: bool = False

    def one(self) -> Process | None:
        """Return a process that waits, a new one if none does, None where none can be started."""
        try:
            return self.idle.get_nowait()
        except Empty:
            process = None if self.alone else self._new()
            self.alone = process is None
            return process

    def _new(self) -> Process | None:
        """Return a process that has said it is ready, None where it cannot be or says other."""
        command = [sys.executable, "-c", START, *map(str, sys.path)]
        pipe = subprocess.PIPE
        try:
            # A session of its own: an interrupt is for this process, which then ends the others.
            process = subprocess.Popen(  # noqa: S603 - this very program
                command, stdin=pipe, stdout=pipe, start_new_session=True
            )
        except OSError:  # a sandbox, too many processes, no memory for one more
            return None
        self.started.append(process)
        assert process.stdout
        return process if process.stdout.read(len(READY)) == READY else None

    def end(self) -> None:
        """End all processes."""
        for process in self.started:
            process.kill()
            process.communicate()


def serve() -> None:
    """Read the parts named on stdin, and write their batches to stdout, until stdin ends."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    answers.write(READY)
    answers.flush()
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    while True:
        try:
            part = pickle.load(asked)  # noqa: S301 - the process that started this one wrote it
        except EOFError:
            return
        try:
            _answer(part, answers)
        except BrokenPipeError:
            return


def _answer(part: Part, answers: IO[bytes]) -> None:
    ledger = Ledger()

    def send(answer: object) -> None:
        # First as a whole: half an answer that cannot be pickled would garble the next.
        answers.write(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
        answers.flush()

    try:
        for batch in part.batches(ledger):
            send((batch, ledger))
            ledger.clear()
    except BrokenPipeError:
        raise
    except (SkewcheckError, OSError, MemoryError) as error:
        send(error)
    except Exception:
        send(RuntimeError(traceback.format_exc()))
    else:
        send((None, ledger))


def _end(process: Process) -> str:
    code = process.wait()
    return f"by signal {-code}" if code < 0 else f"with code {code}"


def _is_python(program: str | None) -> bool:
    """Return whether a program takes Python code: a frozen one or a server's would start anew."""
    return not getattr(sys, "frozen", False) and NAMED.match(Path(program or "").name) is not None


def _innermost(part: Part) -> Part:
    while (inner := getattr(part, "inner", None)) is not None:
        part = inner
    return part


def _changed(part: Any, change: Callable[[Part], Part]) -> Part:
    """Return the part with the innermost one changed; those around it stay in this process."""
    inner = getattr(part, "inner", None)
    changed: Part = change(part) if inner is None else replace(part, inner=_changed(inner, change))
    return changed


def _moved(part: Part, crew: _Crew) -> Part:
    return Elsewhere(part, crew) if getattr(part, "decoding", 0) else part
