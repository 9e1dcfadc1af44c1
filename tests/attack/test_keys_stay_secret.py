"""An API key is nowhere but in the request: not in ledger, output, screen, errors or reports."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from attack_cases import label_words

from stepladder.testing import FakeProvider, Fault

if TYPE_CHECKING:
    from attack_desk import AttackDesk
    from command_line import Done

pytest_plugins = ("attack_desk",)

KEY = "sk-proj-Qx7/vN3+kT9pLm2Rz8Wd5YcB1HsJ4uFe"
VARIABLE = "ATTACKED_KEY"
PIECE = 12
"""So many characters of the key in a row count as the key."""


def _leaks(text: str | bytes) -> bool:
    text = text if isinstance(text, bytes) else text.encode()
    pieces = (KEY[start : start + PIECE] for start in range(len(KEY) - PIECE + 1))
    forms = (form for piece in pieces for form in (piece, piece.replace("/", "\\/")))
    return any(form.encode() in text for form in forms)


def _check_secret(desk: AttackDesk, *dones: Done) -> None:
    for done in dones:
        assert not _leaks(done.out), done.out
        assert not _leaks(done.err), done.err
    for name, content in desk.everything_written().items():
        assert not _leaks(content), name


def test_the_search_finds_a_key() -> None:
    assert _leaks(f"Bearer {KEY}")
    assert _leaks(json.dumps({"error": f"bad key {KEY[:20]}…"}))
    assert not _leaks("sk-proj-…")


Answer = dict[str, Any]


def _answer(text: str = "positive", **more: Any) -> Answer:
    usage = {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"model": "tiny", "choices": [choice], "usage": usage, **more}


def _echo(where: str, given: str) -> tuple[int, str, str]:
    """Status, content type and body of a reply that shows what it was given."""
    error = {"error": {"message": f"Incorrect key provided: {given}", "type": given, "code": given}}
    return {
        "400 in JSON": (400, "application/json", json.dumps(error)),
        "400 as text": (400, "text/plain", f"{'x' * 290} {given}"),
        "400 with \\/": (400, "text/plain", json.dumps(error).replace("/", "\\/")),
        "404": (404, "text/plain", f"no such model; headers were Authorization: {given}"),
        "429": (429, "application/json", json.dumps(error)),
        "500": (500, "text/html", f"<pre>Authorization: {given}</pre>"),
        "200 in HTML": (200, "text/html", f"<html>{'y' * 150}{given}</html>"),
        "200 of no shape": (200, "application/json", json.dumps({"headers": given})),
        "200 with an error": (200, "application/json", json.dumps(error)),
        "200 with odd content": (
            200,
            "application/json",
            json.dumps({"choices": [{"message": {"content": {"seen": given}}}]}),
        ),
        "the answer": (200, "application/json", json.dumps(_answer(f"positive {given}"))),
        "the model": (200, "application/json", json.dumps(_answer(model=f"tiny {given}"))),
        "401": (401, "application/json", json.dumps(error)),
        "402": (402, "text/plain", given),
        "403": (403, "text/plain", f"{'z' * 295}{given}"),
    }[where]


WHILE_RUNNING = [
    *("400 in JSON", "400 as text", "400 with \\/", "404", "429", "500", "200 in HTML"),
    *("200 of no shape", "200 with an error", "200 with odd content", "the answer", "the model"),
]
HALTING = ["401", "402", "403"]


@contextmanager
def _echoing(place: str) -> Iterator[str]:
    """A server that shows the key in every reply, in this place; its base URL."""
    seen: set[str] = set()

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            given = self.headers.get("Authorization", "")
            seen.add(given)
            status, kind, body = _echo(place, given)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_words: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    # Without this, a key that was never sent would pass for one that was kept.
    assert seen == {f"Bearer {KEY}"}


def _explained(desk: AttackDesk) -> list[Done]:
    ledger = ("--ledger", "sqlite:///ledger.db")
    return [desk.run("explain", "1", *ledger), desk.run("explain", "1", *ledger, "--json")]


@pytest.fixture
def keyed(attacked: AttackDesk, monkeypatch: pytest.MonkeyPatch) -> AttackDesk:
    """Two texts, and the key where the policy looks for it."""
    monkeypatch.setenv(VARIABLE, KEY)
    attacked.write_texts(["Good soup.", "Bad soup."])
    return attacked


@pytest.mark.parametrize("place", WHILE_RUNNING)
def test_a_key_that_a_reply_shows_goes_nowhere(
    keyed: AttackDesk, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with _echoing(place) as base_url:
        keyed.serve(base_url, VARIABLE)
        done = keyed.label()
    assert len(keyed.rows()) == 2
    _check_secret(keyed, done, *_explained(keyed))
    assert not _leaks(caplog.text)


@pytest.mark.parametrize("place", HALTING)
def test_a_key_that_is_refused_goes_nowhere(keyed: AttackDesk, place: str) -> None:
    with _echoing(place) as base_url:
        keyed.serve(base_url, VARIABLE)
        done = keyed.label()
        files = ("--task", "task.toml", "--policy", "policy.toml")
        tried = keyed.run("try", "texts.jsonl", *files)
    assert done.code != 0
    assert VARIABLE in done.err
    _check_secret(keyed, done, tried, *_explained(keyed))


def test_a_process_of_its_own_shows_no_key_either(keyed: AttackDesk) -> None:
    with _echoing("401") as base_url:
        keyed.serve(base_url, VARIABLE)
        done = keyed.spawn(*label_words("texts.jsonl"))
    assert done.code != 0
    assert len(done.errors) == 1
    assert "Traceback" not in done.err
    _check_secret(keyed, done)


def test_a_key_stays_secret_when_everything_fails(keyed: AttackDesk) -> None:
    keyed.write_texts([f"Soup {number}." for number in range(60)])
    faults = [f for f in Fault if f.kind == "reply" and "hanging" not in f]
    shares = dict.fromkeys(faults, 0.9 / len(faults))
    for halting in (Fault.UNAUTHORIZED, Fault.NO_CREDIT, Fault.GZIP_BOMB):
        shares.pop(halting)
    with FakeProvider(labels=("positive", "negative", "mixed"), seed=5, faults=shares) as provider:
        keyed.serve(provider.base_url, VARIABLE)
        done = keyed.label("texts.jsonl", "--json")
        assert provider.stats().requests > 0
    _check_secret(keyed, done, *_explained(keyed))


@pytest.mark.parametrize("bad", [f"{KEY}\n", f"{KEY} é\x7f", f"\t{KEY}"])
def test_a_key_that_cannot_be_sent_is_not_shown_either(
    keyed: AttackDesk, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, bad)
    with FakeProvider(labels=("positive", "negative", "mixed")) as provider:
        keyed.serve(provider.base_url, VARIABLE)
        done = keyed.label()
    _check_secret(keyed, done)
