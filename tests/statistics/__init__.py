"""Tests of skewcheck.statistics."""  # noqa: A005
