"""``skewcheck schema``: the policy file as JSON Schema, for an editor."""

from __future__ import annotations

import click

from skewcheck.cli.streams import deliver


@click.command(short_help="Print the policy file as JSON Schema, for an editor.")
def schema() -> int:
    """Print which keys skewcheck.toml may have, with their meaning, range and default.

    Saved beside the policy, an editor that knows TOML completes and checks by it:
    skewcheck schema > skewcheck.schema.json. `skewcheck init` names that file where it is there.
    """
    from skewcheck.config.schema import text

    return deliver(text(), 0)
