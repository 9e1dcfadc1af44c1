from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest

from stepladder.annotators.openai_failure import Endpoint, failure, retry_after
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)

KEY = "sk-very-secret"
THERE = Endpoint("http://there/v1/chat/completions", "m-small", KEY, "THEIR_KEY")


def failed(status: int, body: Any = None, **headers: str) -> AnnotatorError:
    content = body if isinstance(body, bytes) else orjson.dumps(body or {})
    return failure(status, {k.replace("_", "-"): v for k, v in headers.items()}, content, THERE)


@pytest.mark.parametrize(
    ("status", "kind", "free"),
    [
        (301, RejectedError, True),
        (400, RejectedError, True),
        (401, CredentialsError, True),
        (402, CredentialsError, True),
        (403, CredentialsError, True),
        (404, RejectedError, True),
        (408, UnavailableError, False),
        (409, UnavailableError, True),
        (413, PromptTooLongError, True),
        (422, RejectedError, True),
        (429, RateLimitedError, True),
        (500, UnavailableError, True),
        (502, UnavailableError, True),
        (503, UnavailableError, True),
        (504, UnavailableError, False),
        (524, UnavailableError, False),
        (529, RateLimitedError, True),
    ],
)
def test_what_each_status_means_and_costs(
    status: int, kind: type[AnnotatorError], free: bool
) -> None:
    error = failed(status, {"error": {"message": "no"}})
    assert (type(error), error.free, error.billed) == (kind, free, None)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"message": "too big", "code": "context_length_exceeded"}}),
        (400, {"error": {"message": "no", "type": "exceed_context_size_error", "code": 400}}),
        (400, {"message": "This model's maximum context length is 8192 tokens.", "code": 400}),
        (422, {"error": "`inputs` tokens + `max_new_tokens` must be <= 4096", "type": "x"}),
        (500, {"error": {"message": "Context size has been exceeded.", "type": "server_error"}}),
    ],
)
def test_prompts_too_long_in_every_providers_words(status: int, body: Any) -> None:
    assert type(failed(status, body)) is PromptTooLongError


def test_no_credit_is_no_rate_limit() -> None:
    error = failed(429, {"error": {"message": "check your plan", "code": "insufficient_quota"}})
    assert isinstance(error, CredentialsError)
    assert "THEIR_KEY" in str(error)


def test_an_unknown_model_is_named_with_the_address() -> None:
    said = str(failed(404, {"error": {"message": "The model does not exist"}}))
    assert "'m-small'" in said
    assert "http://there/v1/chat/completions" in said


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "Because."}},
        {"error": "Because."},
        {"detail": "Because."},
        {"detail": [{"loc": ["body", "seed"], "msg": "Because."}]},
        {"object": "error", "message": "Because."},
        ["Because."],
        b"<html>Because.</html>",
    ],
)
def test_the_reason_is_found_in_every_form(body: Any) -> None:
    assert "Because." in str(failed(400, body))


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_no_message_holds_the_key_or_a_line_break_or_a_page(status: int) -> None:
    page = f"key {KEY}\n" * 10_000
    for body in (page.encode(), {"error": {"message": page}}):
        said = str(failed(status, body))
        assert KEY not in said
        assert "\n" not in said
        assert len(said) < 600
    assert KEY not in repr(THERE)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None), ("inf", None)],
)
def test_retry_after_in_seconds(said: str, seconds: float | None) -> None:
    assert failed(429, Retry_After=said).retry_after == seconds


def test_retry_after_as_a_date() -> None:
    now = datetime.now(UTC)
    later = retry_after({"Retry-After": format_datetime(now + timedelta(seconds=90), usegmt=True)})
    assert later is not None
    assert 80 < later <= 90
    past = retry_after({"Retry-After": format_datetime(now - timedelta(seconds=90), usegmt=True)})
    assert past == 0.0
    assert failed(429).retry_after is None
