"""The command line: one file per command, and the one place where an exit code is made.

    0    passed (warnings allowed)
    1    the policy failed
    2    could not run: usage, configuration, unreadable input, unwritable output
    3    inconclusive: not enough evidence
    4    internal error
    130  interrupted

The code starts as 4 and becomes another one as the very last act, when every output is written.
"""

from __future__ import annotations

import errno
import gc
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from skewcheck import __version__
from skewcheck.cli.compare import compare
from skewcheck.cli.demo import demo
from skewcheck.cli.explain import explain
from skewcheck.cli.gate import gate
from skewcheck.cli.history import history
from skewcheck.cli.init import init
from skewcheck.cli.profile import profile
from skewcheck.cli.report import report
from skewcheck.cli.schema import schema
from skewcheck.cli.streams import ERROR, INTERNAL, INTERRUPTED, flush, say
from skewcheck.errors import SkewcheckError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """May shadow mode be turned off? Compare a training snapshot with the logs of a model.

    \b
    Exit codes: 0 passed, 1 the policy failed, 2 could not run,
                3 inconclusive, 4 internal error, 130 interrupted.
    """


for command in (compare, gate, history, report, profile, init, schema, explain, demo):
    cli.add_command(command)


def main() -> None:
    """Run the command line on the process's arguments and exit with the contract's code."""
    code = INTERNAL
    try:
        settle_in()
        code = run(sys.argv[1:])
    finally:
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        # Everything is written and closed: no late thread or exit handler may change the code,
        # and taking the interpreter apart is 3 % of a run.
        os._exit(code)


def settle_in() -> None:
    """Set up this process for streaming: no idle threads, and memory kept for the next batch."""
    # Nothing here is linear algebra; without this, import numpy starts a thread per core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Little of what is made here is ever garbage in circles: looking for it often is 1 % of a run.
    gc.set_threshold(50_000)
    # glibc gives every freed megabyte back to the system and faults it in again a moment later:
    # a tenth of the run. Elsewhere the call is not there, or does nothing.
    with suppress(OSError, AttributeError, ImportError):
        from ctypes import CDLL

        mallopt = CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, 64 << 20)
        mallopt(_TRIM_THRESHOLD, 256 << 20)
        # Arrow on glibc copies every column once to cut its buffer to size; jemalloc, which comes
        # with Arrow where glibc is, cuts it in place.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of one run; whatever goes wrong is one line on stderr."""
    try:
        return _invoke(arguments)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.message, err=True)
        return ERROR
    except click.ClickException as error:
        say(f"error: {_usage(error)}")
        return ERROR
    except SkewcheckError as error:
        say(f"error: {error}")
        _trace()
        return ERROR
    except (KeyboardInterrupt, click.Abort):
        say("interrupted; outputs asked for are incomplete")
        return INTERRUPTED
    except BaseException as error:  # Polars panics are no Exception
        if isinstance(error, OSError) and error.errno in _FULL:
            say("error: no space is left for output or temporary files; free some and run again")
            return ERROR
        say(_internal(error))
        _trace()
        return INTERNAL


def _invoke(arguments: Sequence[str]) -> int:
    """Return what the command returns; a command that returns no number did not end well."""
    line = shlex.join(["skewcheck", *arguments])
    try:
        with cli.make_context("skewcheck", list(arguments), obj=line) as context:
            code = cli.invoke(context)
    except click.exceptions.Exit as done:  # --help and --version
        code = done.exit_code
    return flush(code) if isinstance(code, int) else INTERNAL


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "skewcheck"
    return f"{error.format_message().rstrip('.')}; see: {path} --help"


def _internal(error: BaseException) -> str:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, MemoryError):
        what = "out of memory"
    return (
        f"error: internal error, {what}; please report it with what the same command prints "
        "when SKEWCHECK_TRACEBACK=1 is set"
    )


def _trace() -> None:
    if os.environ.get("SKEWCHECK_TRACEBACK") == "1":
        with suppress(OSError, ValueError, AttributeError):
            traceback.print_exc()
