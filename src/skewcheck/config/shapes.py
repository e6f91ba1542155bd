"""What a value of the policy file may be, as types with their range; keys add what they mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

from msgspec import Meta

from skewcheck.budgets import SPELLED
from skewcheck.policy import MODES
from skewcheck.span import LENGTH

Share: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]
NotNegative: TypeAlias = Annotated[float, Meta(ge=0)]
FromOne: TypeAlias = Annotated[float, Meta(ge=1)]
Positive: TypeAlias = Annotated[int, Meta(ge=1)]
Count: TypeAlias = Annotated[int, Meta(ge=0)]
SpanOfTime: TypeAlias = Annotated[
    str, Meta(pattern=f"^{LENGTH.pattern}$", extra_json_schema={"title": "span of time"})
]
Day: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Names: TypeAlias = str | list[str]
Off: TypeAlias = Annotated[bool, Meta(extra_json_schema={"const": False})]
Limit: TypeAlias = NotNegative | Off
Unit: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(SPELLED)})]
Mode: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(MODES)})]
Repair: TypeAlias = Literal["type", "case", "space", "padding", "uuid"]
REPAIRS: tuple[str, ...] = get_args(Repair)


def column(role: str) -> dict[str, Any]:
    """Return what says of a key that it names a column of this role: ``init`` fills it in."""
    return {"x-role": role}
