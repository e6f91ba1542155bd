"""``skewcheck init``: a first policy file from what the data shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skewcheck.cli.options import given_roles, role_options
from skewcheck.cli.streams import deliver, say
from skewcheck.errors import OutputError

if TYPE_CHECKING:
    from skewcheck.schema import Schema


@click.command(short_help="Guess roles and write a commented skewcheck.toml.")
@click.argument("train")
@click.argument("logs", nargs=-1, required=True)
@click.option("-o", "--output", default="skewcheck.toml", show_default=True, metavar="FILE")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@role_options
def init(train: str, logs: tuple[str, ...], output: str, force: bool, **options: Any) -> int:
    """Look at TRAIN and LOGS, guess what each column is for, and write a policy file.

    The guesses are printed with their reasons, and the defaults of every check are in the file,
    commented out; so is an example of every other table. Where skewcheck.schema.json lies beside
    the file (see `skewcheck schema`) its first line tells editors to check by it.
    """
    if not force and Path(output).exists():
        raise OutputError(f"{output}: exists; name another file with -o, or replace it by --force")

    from skewcheck import assigning
    from skewcheck.cli.explain import rules
    from skewcheck.config.schema import NAME
    from skewcheck.config.template import render_config
    from skewcheck.write import write

    schema = assigning.guess_schema(
        train, list(logs) if len(logs) > 1 else logs[0], overrides=given_roles(options)
    )
    folder = Path(output).resolve().parent
    text = render_config(
        schema,
        rules(),
        train=_seen_from(folder, train),
        serve=[_seen_from(folder, path) for path in logs],
        editor=f"./{NAME}" if (folder / NAME).is_file() else "",
    )
    write(text, Path(output))
    code = deliver(_told(schema), 0)
    say(f"wrote {output}")
    return code


def _seen_from(folder: Path, path: str) -> str:
    """Return a path as the file in ``folder`` may name it."""
    here = Path.cwd()
    if folder == here or Path(path).is_absolute():
        return path
    return str(here / path)


def _told(schema: Schema) -> str:
    """Return the guesses in words, a line a column, the plain features counted."""
    from skewcheck.sanitize import safe
    from skewcheck.schema import Role

    lines = [
        f"{safe(column.name, 60)} is taken as {column.role}: {safe(column.reason, 200)}"
        for column in schema
        if column.role is not Role.FEATURE or column.reason != "default"
    ]
    lines.append(f"{len(schema.names(Role.FEATURE)):,} columns are features")
    return "".join(f"{line}\n" for line in lines)
