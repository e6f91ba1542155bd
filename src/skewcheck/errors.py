"""Everything that skewcheck raises on purpose.

    SkewcheckError          exit 2: could not run
    ├── UsageError          the call is wrong: an option, a name, a combination
    ├── ConfigError         skewcheck.toml is wrong: an unknown key, a bad value
    ├── InputError          data cannot be read or compared: names file, line, column
    └── OutputError         a report cannot be written

Every message is one line and ends with what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable

NAMED = 12  # words that a message offers


class SkewcheckError(Exception):
    """A reason, in one line, why skewcheck could not run; the command line exits with 2."""


class UsageError(SkewcheckError):
    """The call is wrong: an unknown option value, an impossible combination."""


class ConfigError(SkewcheckError):
    """The policy file is wrong: an unknown key, a value out of range, a broken file."""


class InputError(SkewcheckError):
    """Data that cannot be read or compared, with its place.

    ``place`` is as much as is known of file, line or row, and column; ``problem`` says what was
    found and expected; ``hint`` says what to do next.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        hint: str = "",
    ) -> None:
        """Build the one-line message ``file:line: column 'c': problem; hint``."""
        place = file or ""
        if line is not None:
            place += f":{line}" if file else f"line {line}"
        parts = [place] if place else []
        if column is not None:
            parts.append(f"column {column!r}")
        parts.append(problem)
        super().__init__(": ".join(parts) + (f"; {hint}" if hint else ""))
        self.file, self.line, self.column, self.hint = file, line, column, hint
        self.problem = problem


class OutputError(SkewcheckError):
    """A report or profile that cannot be written; nothing half-written is left behind."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?``, or the words to choose from where none is near."""
    from difflib import get_close_matches

    names = [str(name) for name in known]
    close = get_close_matches(word, names, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    more = ", ..." if len(names) > NAMED else ""
    return f"known are {', '.join(names[:NAMED])}{more}" if names else "nothing is known here"
