"""Which values of a status column say that a request was not answered."""

from __future__ import annotations

import re

FROM, TIMEOUT, TOO_MANY = 500, 408, 429  # 400 and its like are the caller's mistakes
ERRORS = frozenset(
    "error errors error_code error_message exception errorcode errormessage".split()  # noqa: SIM905
)
NONE = frozenset({"", "0", "none", "null", "ok", "no", "false", "success", "nan", "-"})
FAILED = re.compile(
    r"time.?d?.?out|error|fail|exception|unavailable|deadline|exceeded|abort|cancell?ed|"
    r"refused|crash|overload|throttl|reject|dropped|^5xx$|^ko$",
    re.IGNORECASE,
)
GOOD = re.compile(r"no.?(error|failure|exception)s?|without.error", re.IGNORECASE)


def failed(column: str, value: str) -> bool:
    """Return whether a value of the status column ``column`` is an error or a time-out.

    HTTP codes from 500 on, 408 and 429 are; so are words such as ``timeout``; in a column named
    ``error`` every value that is not a way of saying none. A null value is not.
    """
    text = value.strip()
    try:
        code = float(text)
    except ValueError:
        code = 0.0
    if column.lower() in ERRORS:
        return text.lower() not in NONE
    if 100 <= code < 1000:
        return code >= FROM or code in (TIMEOUT, TOO_MANY)
    return bool(FAILED.search(text)) and not GOOD.fullmatch(text)
