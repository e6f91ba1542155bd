"""``skewcheck profile``: one side folded into a small file that stands for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from skewcheck.cli.options import (
    given_pairing,
    given_roles,
    pairing_options,
    policy_option,
    progress_option,
    role_options,
)
from skewcheck.cli.outputs import check
from skewcheck.cli.progress import bar
from skewcheck.cli.streams import say


@click.command(short_help="Save what compare needs to know of a data set.")
@click.argument("data", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="FILE", help="The profile to write.")
@click.option("--like", metavar="TRAIN", help="Lay logs on the cells of TRAIN, or its profile.")
@role_options
@pairing_options
@policy_option
@progress_option
def profile(data: tuple[str, ...], output: str, **options: Any) -> int:
    """Read DATA once and save its profile, which holds counts and no row.

    `skewcheck compare` takes the file wherever it takes TRAIN or LOGS. Several profiles given as
    DATA are added up.

    With --offline DATA are logs, and their rows are paired with those of that recomputation. Such a
    profile also holds the values of some thousand pairs of each column: as secret as the logs.
    With --like the profiles of several nights add up to the last bit.
    """
    pairing = given_pairing(options)
    others = (pairing.offline, options["like"])
    check((output,), [*data, *(str(path) for path in others if path)])

    from skewcheck import profiling
    from skewcheck.config import load

    with bar(not options["no_progress"]) as progress:
        made = profiling.make_profile(
            list(data) if len(data) > 1 else data[0],
            like=options["like"],
            config=load(options["policy"]),
            overrides=given_roles(options),
            pairing=pairing,
            progress=progress,
        )
    made.save(Path(output))
    say(f"wrote {output}: {made.rows:,} rows, {len(made.columns):,} columns")
    return 0
