"""A webhook told of a change of verdict: counts and column names as JSON, no value of the data."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from skewcheck.errors import UsageError
from skewcheck.sanitize import safe

SCHEMA_VERSION = 1
TRIES = 3
PATIENCE = 10.0  # seconds for a connection and for each answer
PAUSE = 1.0  # seconds before the second try, twice as many before the third
LONGEST = 15.0  # seconds; a server that asks for more with Retry-After is not waited for as long
AGAIN = (408, 425, 429)  # and all from 500 on: another try may do
NAMED = 50  # columns of one outcome that are named
NAME = 200  # width of a column's name


@dataclass(frozen=True, slots=True)
class Note:
    """What became of a notification, in a sentence that does not show the address."""

    sentence: str
    failed: bool = False

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


class _NoRedirect(HTTPRedirectHandler):
    """Redirects are refused: a POST would be sent on as a GET, or to a place nobody named."""

    def redirect_request(self, *_: Any) -> None:
        """Return nothing, which makes the redirect an error."""


def check(url: str) -> SplitResult:
    """Return the parts of a webhook's address.

    Raises UsageError unless it is https, or http to this machine, without a user and with
    nothing in it that an address cannot hold.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), None
    if not host or not url.isascii() or not url.isprintable() or set(" \"'<>\\") & set(url):
        raise UsageError("--notify is no address; give https://host/path")
    if parts.username is not None:
        raise UsageError("--notify has a user in its address; give a webhook without one")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise UsageError(
            f"--notify {safe(parts.scheme)}://{safe(host)} is refused: give https, or http to "
            "localhost, 127.0.0.1 or [::1]"
        )
    return parts


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def notify(
    url: str, before: str | None, document: Mapping[str, Any], *, pause: float = PAUSE
) -> Note:
    """Return what became of the notification, which is sent only where the verdict is another one.

    ``before`` is the verdict of the last run, None where none is known, which is a change;
    ``document`` is the report as its JSON file holds it. Whatever goes wrong on the way is in the
    note; UsageError is raised only for an address that ``check`` refuses.
    """
    parts = check(url)
    verdict = document["verdict"]
    if verdict == before:
        return Note(f"not notified: the verdict is {verdict}, as before")
    body = json.dumps(summary(before, document)).encode("ascii")
    headers = {"Content-Type": "application/json", "User-Agent": "skewcheck"}
    request = Request(url, body, headers, method="POST")  # noqa: S310 -- the scheme was checked
    opener, host = _opener(parts), safe(parts.hostname)
    problem = _deliver(lambda: _send(opener, request), pause)
    if problem:
        return Note(f"not notified: {host} {problem}; the verdict stands", failed=True)
    return Note(f"notified {host}: {verdict}, before: {before or 'not known'}")


def summary(before: str | None, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is posted; ``text`` is what chat programs show, and holds no name."""
    columns = document["columns"]
    names = {
        outcome: [safe(c["name"], NAME) for c in columns if c["verdict"] == outcome]
        for outcome in ("fail", "inconclusive", "warn", "pass")
    }
    counts = {outcome: len(listed) for outcome, listed in names.items()}
    verdict = document["verdict"]
    told = ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n)
    return {
        "schema_version": SCHEMA_VERSION,
        "text": f"skewcheck: {verdict}, before: {before or 'not known'}. "
        f"Columns: {told or 'none judged'}.",
        "verdict": verdict,
        "before": before,
        "exit_code": document["exit_code"],
        "rows": {side: document[side]["rows"] for side in ("train", "serve")},
        "counts": counts,
        "columns": {o: names[o][:NAMED] for o in ("fail", "inconclusive", "warn")},
        "started": document["started"],
        "skewcheck": document["versions"].get("skewcheck"),
    }


def _opener(parts: SplitResult) -> OpenerDirector:
    """Return what opens addresses; a proxy is not asked for this machine itself."""
    proxies = [ProxyHandler({})] if parts.scheme == "http" else []
    return build_opener(_NoRedirect, *proxies)


def _deliver(send: Callable[[], tuple[str, float | None]], pause: float) -> str:
    """Return why it was not delivered, after all tries; empty when it was."""
    problem = ""
    for left in reversed(range(TRIES)):
        problem, wait = send()
        if not problem or wait is None or not left:
            break
        time.sleep(min(LONGEST, max(wait, pause)))
        pause *= 2
    return problem


def _send(opener: OpenerDirector, request: Request) -> tuple[str, float | None]:
    """Return what went wrong, empty for nothing, and the seconds asked for before another try.

    They are None where another try would end the same.
    """
    try:
        with opener.open(request, timeout=PATIENCE):
            return "", None
    except HTTPError as error:
        with error:
            return _answered(error)
    except (OSError, HTTPException) as error:
        why = safe(getattr(error, "reason", None) or error or type(error).__name__, 200)
        return f"cannot be reached ({why})", 0.0


def _answered(error: HTTPError) -> tuple[str, float | None]:
    if 300 <= error.code < 400:
        return f"answered {error.code}, a redirect; give the address it leads to", None
    again = error.code in AGAIN or error.code >= 500
    return f"answered {error.code}", _asked(error.headers.get("Retry-After")) if again else None


def _asked(value: str | None) -> float:
    """Return the seconds of a Retry-After header; a date, or none at all, is 0."""
    return float(value) if value and value.isascii() and value.isdigit() else 0.0
