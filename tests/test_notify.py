"""The webhook: told of a change, once, whatever the server does; a real server answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pyarrow as pa
import pytest

import skewcheck
from skewcheck import notify as module
from skewcheck.cli import run
from skewcheck.cli.announce import verdict_of_last_night
from skewcheck.errors import UsageError
from skewcheck.notify import check, notify, summary
from skewcheck.render.json import document
from skewcheck.report import build
from skewcheck.run import Run
from tests.cli.conftest import cases as cases
from tests.report.cases import HOSTILE, flights, hostile

Capture = pytest.CaptureFixture[str]
Answer = tuple[int, dict[str, str]]
OK: Answer = (200, {})


@dataclass
class Hook:
    """A server that answers as it was told to, the last answer for ever, and keeps what it got."""

    address: str = ""
    answers: list[Answer] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    types: list[str | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


@contextmanager
def serving(*answers: Answer) -> Iterator[Hook]:
    hook = Hook(answers=list(answers) or [OK])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.times.append(monotonic())
            hook.asked.append(f"POST {self.path}")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append(json.loads(body))
            hook.types.append(self.headers["Content-Type"])
            status, headers = hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            hook.asked.append(f"GET {self.path}")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    hook.address = f"http://127.0.0.1:{server.server_address[1]}/hook/s3cret"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def failed() -> dict[str, Any]:
    return document(build(flights()))


def test_a_change_is_posted_as_json(failed: dict[str, Any]) -> None:
    with serving() as hook:
        note = notify(hook.address, "pass", failed)
    (got,) = hook.got
    assert str(note) == "notified 127.0.0.1: fail, before: pass" and not note.failed
    assert hook.types == ["application/json"] and hook.asked == ["POST /hook/s3cret"]
    assert (got["verdict"], got["before"], got["exit_code"]) == ("fail", "pass", 1)
    assert got["counts"] == {"fail": 4, "inconclusive": 3, "warn": 0, "pass": 1}
    assert set(got["columns"]["fail"]) == {"carrier", "wind", "distance", "dep_hour"}
    assert got["rows"] == {"train": 20_000, "serve": 5_000}
    assert got["text"].startswith("skewcheck: fail, before: pass. Columns: 4 fail, 3 inconclusive")


@pytest.mark.parametrize("before", ["pass", "inconclusive", None])
def test_any_other_verdict_before_is_a_change(before: str | None, failed: dict[str, Any]) -> None:
    with serving() as hook:
        notify(hook.address, before, failed)
    assert hook.got[0]["before"] == before


def test_the_same_verdict_is_not_posted(failed: dict[str, Any]) -> None:
    with serving() as hook:
        note = notify(hook.address, "fail", failed)
    assert not hook.got and not note.failed
    assert str(note) == "not notified: the verdict is fail, as before"


def test_no_value_of_the_data_is_in_it() -> None:
    """The names of columns are; values, places, paths and sentences, which may hold them, not."""
    values = ("ua", "train.parquet", "shadow_logs", "request_id", "17")
    posted = json.dumps(summary("pass", document(build(flights()))))
    assert not [v for v in values if f'"{v}"' in posted or f" {v} " in posted]
    assert len(json.dumps(summary(None, document(build(hostile()))))) < 10_000


def test_what_a_chat_program_shows_holds_no_name() -> None:
    text = summary("pass", document(build(hostile((*HOSTILE, "<!channel>", "@here")))))["text"]
    assert not set(text) & set("<>@&*_~`")


def test_a_server_in_trouble_is_asked_three_times_with_longer_pauses(
    failed: dict[str, Any],
) -> None:
    with serving((500, {})) as hook:
        note = notify(hook.address, "pass", failed, pause=0.1)
    first, second, third = hook.times
    assert 0.1 <= second - first < third - second
    assert note.failed and "answered 500" in str(note) and "s3cret" not in str(note)


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_server_that_recovers_gets_it_once(status: int, failed: dict[str, Any]) -> None:
    with serving((status, {}), OK) as hook:
        note = notify(hook.address, "pass", failed, pause=0.01)
    assert len(hook.got) == 2 and not note.failed


def test_a_server_may_ask_for_a_pause_but_not_for_a_long_one(
    failed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving((503, {"Retry-After": "1"}), OK) as hook:
        notify(hook.address, "pass", failed, pause=0.01)
    assert hook.times[1] - hook.times[0] >= 1
    monkeypatch.setattr(module, "LONGEST", 0.05)
    asking = [(429, {"Retry-After": after}) for after in ("86400", "Fri, 01 Jan 2100 00:00:00 GMT")]
    with serving(*asking, OK) as hook:
        assert not notify(hook.address, "pass", failed, pause=0.01).failed
    assert hook.times[-1] - hook.times[0] < 2


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_refusal_is_not_repeated(status: int, failed: dict[str, Any]) -> None:
    with serving((status, {})) as hook:
        note = notify(hook.address, "pass", failed, pause=0.01)
    assert len(hook.got) == 1 and note.failed and f"answered {status}" in str(note)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("scheme", ["http", "https", "file", "ftp"])
def test_no_redirect_is_followed(status: int, scheme: str, failed: dict[str, Any]) -> None:
    with serving() as other:
        target = other.address.replace("http", scheme, 1)
        with serving((status, {"Location": target})) as hook:
            note = notify(hook.address, "pass", failed, pause=0.01)
    assert note.failed and "a redirect" in str(note)
    assert len(hook.asked) == 1 and not other.asked


def test_a_server_that_hangs_is_left(
    failed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://localhost:{silent.getsockname()[1]}/"
        start = monotonic()
        note = notify(address.replace("localhost", "127.0.0.1"), "pass", failed, pause=0.01)
    assert 0.6 <= monotonic() - start < 5
    assert note.failed and "timed out" in str(note)


def test_a_server_that_is_not_there_or_speaks_no_http_is_a_note(failed: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def babble() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"220 smtp ready\r\n\r\n")

        Thread(target=babble, daemon=True).start()
        assert notify(f"http://127.0.0.1:{port}/", "pass", failed, pause=0.01).failed
    note = notify(f"http://127.0.0.1:{port}/", "pass", failed, pause=0.01)
    assert note.failed and "cannot be reached" in str(note)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/a?b=c",
        "http://localhost:80/x",
        "http://127.9.9.9/",
        "http://[::1]:9/",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_addresses(url: str) -> None:
    assert check(url).hostname


@pytest.mark.parametrize(
    "url",
    [
        "", "hook", "http://", "http://example.com/", "http://127.0.0.1.example.com/",
        "http://localhost.example.com/", "http://127.0.0.1@example.com/", "http://10.0.0.1/",
        "http://0.0.0.0/", "http://[fe80::1]/", "ftp://localhost/", "file:///etc/passwd",
        "https://user:word@example.com/", "https://example.com/a b", "https://example.com/\n",
        "https://exämple.com/", "https://example.com:x/", "http://[::1/", "//example.com/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_before_any_work(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        check(url)
    assert "\n" not in str(raised.value) and "word" not in str(raised.value)


@pytest.fixture
def nightly(
    cases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Return a function that compares a case as a scheduler does every night."""
    monkeypatch.chdir(tmp_path)

    def night(case: str, *options: str) -> int:
        return run(["compare", cases["train"], cases[case], "--json", "last.json", *options])

    return night


def test_night_by_night_only_changes_are_told(nightly: Callable[..., int], capsys: Capture) -> None:
    with serving() as hook:
        told = []
        for case in ("pass", "pass", "fail", "fail", "few", "pass"):
            nightly(case, "--notify", hook.address, "--quiet")
            told.append(len(hook.got))
    assert told == [1, 1, 2, 2, 3, 4]
    assert [got["before"] for got in hook.got] == [None, "pass", "fail", "inconclusive"]
    assert capsys.readouterr() == ("", "")


def test_a_night_without_a_verdict_is_no_verdict_before(nightly: Callable[..., int]) -> None:
    Path("last.json").write_text('{"status": "incomplete", "verdict": null}')
    with serving() as hook:
        nightly("pass", "--notify", hook.address)
    assert [got["before"] for got in hook.got] == [None]


@pytest.mark.parametrize(("case", "code"), [("pass", 0), ("fail", 1), ("few", 3)])
def test_a_notification_that_fails_changes_no_exit_code(
    case: str, code: int, nightly: Callable[..., int], capsys: Capture
) -> None:
    with serving((404, {})) as hook:
        assert nightly(case, "--quiet", "--notify", hook.address) == code
    err = capsys.readouterr().err
    assert err.startswith("not notified: 127.0.0.1 answered 404") and err.count("\n") == 1
    assert json.loads(Path("last.json").read_text())["exit_code"] == code


def test_the_address_is_a_secret_that_no_report_holds(
    nightly: Callable[..., int], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as hook:
        nightly("fail", f"--notify={hook.address}", "--html", "r.html", "-v")
        monkeypatch.setenv("SKEWCHECK_NOTIFY", hook.address)
        nightly("pass")
    out, err = capsys.readouterr()
    written = Path("last.json").read_text() + Path("r.html").read_text() + out + err
    assert len(hook.got) == 2 and "s3cret" not in written


def test_an_address_that_cannot_be_is_an_error_before_anything_is_read(
    nightly: Callable[..., int], capsys: Capture
) -> None:
    assert nightly("pass", "--notify", "http://example.com/s3cret") == 2
    out, err = capsys.readouterr()
    assert err.startswith("error: --notify http://example.com is refused") and not out
    assert not Path("last.json").exists()


def test_with_a_history_the_last_night_is_what_a_verdict_is_held_against(tmp_path: Path) -> None:
    train = {"x": [float(n % 7) for n in range(4000)]}
    folder = tmp_path / "history"
    for day, shift in enumerate((0.0, 3.0), 1):
        stamps = [f"2026-03-{day:02d}T00:00:{n % 60:02d}Z" for n in range(4000)]
        serve = {"x": [x + shift for x in train["x"]], "timestamp": stamps}
        frames = pa.table(train), pa.table(serve)
        run = skewcheck.compare(*frames, time="timestamp", history=folder).run
        assert verdict_of_last_night(run) == (None if day == 1 else "pass")


def night_of(folder: Path, day: int, shift: float = 0.0, rows: int = 4000) -> Run:
    train = {"x": [float(n % 7) for n in range(4000)]}
    stamps = [f"2026-03-{day:02d}T00:00:{n % 60:02d}Z" for n in range(rows)]
    serve = {"x": [x + shift for x in train["x"][:rows]], "timestamp": stamps}
    frames = pa.table(train), pa.table(serve)
    run: Run = skewcheck.compare(*frames, time="timestamp", history=folder).run
    return run


def test_a_night_run_again_is_held_against_its_own_last_verdict(tmp_path: Path) -> None:
    night_of(tmp_path / "h", 1)
    assert verdict_of_last_night(night_of(tmp_path / "h", 2, 3.0)) == "pass"
    assert verdict_of_last_night(night_of(tmp_path / "h", 2, 3.0)) == "fail"
    assert verdict_of_last_night(night_of(tmp_path / "h", 3)) == "fail"


def test_a_night_that_cannot_tell_is_told_of_once(tmp_path: Path) -> None:
    night_of(tmp_path / "h", 1, rows=3)
    run = night_of(tmp_path / "h", 2, rows=3)
    with serving() as hook:
        note = notify(hook.address, verdict_of_last_night(run), document(build(run)))
    assert str(note) == "not notified: the verdict is inconclusive, as before" and not hook.got
