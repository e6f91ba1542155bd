"""The noncentral chi-square against scipy.stats, over the seam between series and approximation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from skewcheck.statistics import noncentral


@given(df=st.integers(1, 60), lam=st.floats(0.0, 1400.0), z=st.floats(-4.0, 4.0))
def test_the_series_agrees_with_scipy(df: int, lam: float, z: float) -> None:
    x = max(0.0, df + lam + z * (2 * (df + 2 * lam)) ** 0.5)
    assert noncentral.cdf(x, df, lam) == pytest.approx(stats.ncx2.cdf(x, df, lam), abs=1e-9)


@given(df=st.integers(1, 60), lam=st.floats(1500.0, 1e5), z=st.floats(-4.0, 4.0))
def test_the_approximation_agrees_with_scipy_to_five_digits(df: int, lam: float, z: float) -> None:
    x = df + lam + z * (2 * (df + 2 * lam)) ** 0.5
    assert noncentral.cdf(x, df, lam) == pytest.approx(stats.ncx2.cdf(x, df, lam), abs=1e-5)


@pytest.mark.parametrize("x", [1e4, 1e7, 1e12])
@pytest.mark.parametrize("df", [1, 20])
def test_huge_arguments_keep_their_order(x: float, df: int) -> None:
    nearby = [noncentral.cdf(x, df, x * share) for share in (0.0, 0.5, 0.99, 1.01, 2.0)]
    assert nearby == sorted(nearby, reverse=True)
    assert nearby[0] == 1.0 and nearby[-1] < 1e-9


@given(
    p=st.floats(0.001, 0.999),
    df=st.integers(1, 60),
    lam=st.floats(0.0, 1e4),
)
def test_the_quantile_is_the_inverse(p: float, df: int, lam: float) -> None:
    x = noncentral.quantile(p, df, lam)
    assert noncentral.cdf(x, df, lam) == pytest.approx(p, rel=1e-4)


@given(p=st.floats(1e-6, 0.999), df=st.integers(1, 60), x=st.floats(0.0, 1e4))
def test_the_noncentrality_is_the_inverse_or_zero(p: float, df: int, x: float) -> None:
    lam = noncentral.noncentrality(x, df, p)
    if lam == 0.0:
        assert noncentral.cdf(x, df, 0.0) <= p * (1 + 1e-6)
    else:
        assert noncentral.cdf(x, df, lam) == pytest.approx(p, rel=1e-4)
