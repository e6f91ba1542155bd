"""How large a page is; how quick it is `benchmarks/page.py` measures."""

from __future__ import annotations

import pytest

from skewcheck.render.html import render
from tests.render.test_html import wide


@pytest.mark.parametrize(("columns", "most"), [(5, 150_000), (1000, 3_000_000)])
def test_a_page_is_no_larger_than_promised(columns: int, most: int) -> None:
    assert len(render(wide(columns)).encode()) <= most
