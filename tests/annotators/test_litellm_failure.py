from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Any

import pytest

from stepladder.annotators.litellm_failure import ERRORS, litellm_failure
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    MalformedReplyError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    TimedOutError,
    UnavailableError,
)


def raised(
    name: str, message: str = "no", *, base: type[Exception] = Exception, **seen: Any
) -> Any:
    """An exception as litellm raises it: named after what went wrong, with a status and headers."""
    problem = type(name, (base,), {})(message)
    for attribute, value in seen.items():
        setattr(problem, attribute, value)
    return litellm_failure(problem, "openai/m", "sk-secret")


@pytest.mark.parametrize(
    ("name", "seen", "kind", "free"),
    [
        ("AuthenticationError", {"status_code": 401}, CredentialsError, True),
        ("RateLimitError", {"status_code": 429}, RateLimitedError, True),
        ("ContextWindowExceededError", {"status_code": 400}, PromptTooLongError, True),
        ("ContentPolicyViolationError", {"status_code": 400}, RejectedError, True),
        ("NotFoundError", {"status_code": 404}, RejectedError, True),
        ("Timeout", {"status_code": 408}, TimedOutError, False),
        ("APIConnectionError", {"status_code": 500}, UnavailableError, False),
        # Without headers of a reply it may be a connection that broke.
        ("InternalServerError", {"status_code": 500}, UnavailableError, False),
        (
            "InternalServerError",
            {"status_code": 500, "litellm_response_headers": {}},
            UnavailableError,
            True,
        ),
        ("APIError", {"status_code": 529, "litellm_response_headers": {}}, RateLimitedError, True),
        ("APIError", {"status_code": 524, "litellm_response_headers": {}}, UnavailableError, False),
        ("APIError", {"status_code": 402}, CredentialsError, True),
        ("APIError", {"status_code": 418}, RejectedError, True),
        ("JSONSchemaValidationError", {}, MalformedReplyError, False),
        ("KeyError", {}, MalformedReplyError, False),
    ],
)
def test_what_each_exception_means_and_costs(
    name: str, seen: dict[str, Any], kind: type[AnnotatorError], free: bool
) -> None:
    error = raised(name, **seen)
    assert (type(error), error.free, error.billed) == (kind, free, None)


@pytest.mark.parametrize(
    ("name", "seen", "heard"),
    [
        ("APIConnectionError", {"status_code": 500}, False),
        ("Timeout", {"status_code": 408}, False),
        ("InternalServerError", {"status_code": 500, "litellm_response_headers": {}}, True),
        ("BadRequestError", {"status_code": 400}, True),
    ],
)
def test_whether_anything_came_back(name: str, seen: dict[str, Any], heard: bool) -> None:
    assert raised(name, **seen).heard is heard


def test_an_unknown_exception_is_what_it_inherits_from() -> None:
    base = type("RateLimitError", (Exception,), {})
    assert type(raised("RateLimitErrorOfTomorrow", base=base)) is RateLimitedError


def test_the_time_to_wait_is_kept() -> None:
    error = raised("RateLimitError", litellm_response_headers={"Retry-After": "7"})
    assert error.retry_after == 7.0


def test_no_credit_is_no_rate_limit() -> None:
    assert type(raised("RateLimitError", "code: insufficient_quota")) is CredentialsError


def test_messages_are_one_line_with_the_model_and_without_the_key() -> None:
    said = str(raised("BadRequestError", "bad\nkey sk-secret " * 500))
    assert said.startswith("openai/m: bad key ***")
    assert "sk-secret" not in said
    assert len(said) < 400


@pytest.mark.skipif(find_spec("litellm") is None, reason="litellm is not installed")
def test_the_table_holds_every_exception_of_litellm() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from litellm import exceptions

    raised = {
        name
        for name, value in vars(exceptions).items()
        if isinstance(value, type)
        and issubclass(value, Exception)
        and value.__module__ == exceptions.__name__
    }
    assert len(raised) > 20
    assert raised - ERRORS.keys() == set()
