"""The policy that ``init`` writes: each block that is uncommented is one that loads."""

from __future__ import annotations

import re
import tomllib

import pytest

from skewcheck.cli.explain import rules
from skewcheck.config import FILE, parse
from skewcheck.config.file import File
from skewcheck.config.template import render_config
from skewcheck.schema import Column, Role, Schema
from tests.test_policy_schema import loads, valid

COLUMNS = Schema(
    {
        name: Column(name, role, "a reason")
        for name, role in (
            ("income", Role.FEATURE),
            ("request_id", Role.KEY),
            ('we"ird\n[x] = \x1b', Role.SCORE),
            ("latency_ms", Role.LATENCY),
        )
    }
)
WRITTEN = render_config(COLUMNS, rules(), train="t.parquet", serve=["logs"])


def uncommented(block: str) -> str:
    return "".join(f"{line.removeprefix('#').lstrip(' ')}\n" for line in block.splitlines())


def test_the_written_policy_is_valid() -> None:
    assert valid(WRITTEN) and loads(WRITTEN)


BLOCKS = [
    block for block in WRITTEN.split("\n\n") if re.search(r"^# \[.*\]$|^# \w+ = ", block, re.M)
]


@pytest.mark.parametrize("block", BLOCKS, ids=[re.findall(r"^# (.*)$", b, re.M)[0] for b in BLOCKS])
def test_a_block_that_is_uncommented_loads_and_says_something(block: str) -> None:
    opened = WRITTEN.replace(block, uncommented(block))
    assert tomllib.loads(opened) != tomllib.loads(WRITTEN)
    assert valid(opened)
    parse(opened, FILE)


def test_all_blocks_can_be_uncommented_at_once() -> None:
    opened = "\n\n".join(uncommented(b) if b in BLOCKS else b for b in WRITTEN.split("\n\n"))
    config = parse(opened, FILE)
    assert valid(opened)
    assert config.policy.decisions is not None
    assert config.policy.decisions.score == 'we"ird\n[x] = \x1b'
    assert config.policy.latency.total == "latency_ms"
    assert set(config.policy.manifest.features) == {"income"}
    assert config.waivers[0].column == "income"
    shown = tomllib.loads(opened).keys()
    assert set(File.__struct_fields__) - shown == {"value"}  # it goes by the names of decisions


def test_a_table_without_a_column_to_name_is_left_out() -> None:
    text = render_config(Schema({}), rules())
    assert "# [features." not in text and "# score =" not in text and "# [decisions]" in text
    assert loads(text)


def test_the_first_line_names_the_schema_only_where_it_is() -> None:
    assert not WRITTEN.startswith("#:schema")
    text = render_config(COLUMNS, rules(), editor="./skewcheck.schema.json")
    assert text.startswith("#:schema ./skewcheck.schema.json\n# What skewcheck compares")
