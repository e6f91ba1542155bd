"""The two sides of a column on common cells."""

from __future__ import annotations
