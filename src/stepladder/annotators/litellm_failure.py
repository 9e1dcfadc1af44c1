"""litellm's exceptions as ours: one table for all of them.

litellm names its exceptions after what went wrong, and openai's after which they
are modelled keep the same names, so that the name is what the table goes by. An
exception that is in no table is looked up by what it inherits from.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from stepladder.annotators.one_line import one_line
from stepladder.annotators.openai_failure import (
    GAVE_UP_WAITING,
    NO_CREDIT_CODES,
    OVERLOADED,
    Complaint,
    retry_after,
)
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

ERRORS: Mapping[str, type[AnnotatorError]] = MappingProxyType(
    {
        "AuthenticationError": CredentialsError,
        "PermissionDeniedError": CredentialsError,
        "PaymentRequiredError": CredentialsError,
        "BudgetExceededError": CredentialsError,
        "RateLimitError": RateLimitedError,
        "ContextWindowExceededError": PromptTooLongError,
        "Timeout": TimedOutError,
        "APITimeoutError": TimedOutError,
        "APIConnectionError": UnavailableError,
        "ServiceUnavailableError": UnavailableError,
        "BadGatewayError": UnavailableError,
        "InternalServerError": UnavailableError,
        "MidStreamFallbackError": UnavailableError,
        "APIError": UnavailableError,
        "OpenAIError": UnavailableError,
        "MockException": UnavailableError,
        "APIResponseValidationError": MalformedReplyError,
        "JSONSchemaValidationError": MalformedReplyError,
        "BadRequestError": RejectedError,
        "NotFoundError": RejectedError,
        "UnprocessableEntityError": RejectedError,
        "InvalidRequestError": RejectedError,
        "UnsupportedParamsError": RejectedError,
        "RejectedRequestError": RejectedError,
        "ContentPolicyViolationError": RejectedError,
        "ImageFetchError": RejectedError,
        "VectorStoreSearchError": RejectedError,
        "ModelNotMappedError": RejectedError,
        "LiteLLMUnknownProvider": RejectedError,
        "GuardrailRaisedException": RejectedError,
        "BlockedPiiEntityError": RejectedError,
        "ModifyResponseException": RejectedError,
        "SensitiveDataRouteException": RejectedError,
    }
)
"""What each exception amounts to; those not listed, by what they inherit from."""

REFUSALS = (CredentialsError, RateLimitedError, PromptTooLongError, RejectedError)
"""Errors by which a provider turns a request away before working on it."""

SILENCES = (UnavailableError, TimedOutError)
"""Errors after which nothing may have come back: litellm says so by headers of no reply."""


def litellm_failure(problem: Exception, model: str, key: str) -> AnnotatorError:
    """The error that an exception out of a litellm call amounts to."""
    known = (ERRORS.get(kind.__name__) for kind in type(problem).__mro__)
    kind = next((error for error in known if error is not None), None)
    said = f"{model}: {one_line(str(problem) or type(problem).__name__, key)}"
    if kind is None:
        return MalformedReplyError(f"litellm failed with {type(problem).__name__}: {said}")
    kind = _told_apart(kind, problem)
    headers = getattr(problem, "litellm_response_headers", None)
    answered = headers is not None
    return kind(
        said,
        free=_free(kind, problem, answered=answered),
        heard=answered or kind not in SILENCES,
        retry_after=None if headers is None else retry_after(headers),
    )


def _told_apart(kind: type[AnnotatorError], problem: Exception) -> type[AnnotatorError]:
    """What litellm has one name for, told apart by the status, or by what was said."""
    status, said = _status(problem), str(problem)
    if kind is RateLimitedError and any(code in said for code in NO_CREDIT_CODES):
        return CredentialsError
    if kind is RejectedError and Complaint(said).too_long:
        return PromptTooLongError
    if kind is UnavailableError and status == OVERLOADED:
        return RateLimitedError
    if kind is not UnavailableError or not 400 <= status < 500:
        return kind
    return CredentialsError if status in (401, 402, 403) else RejectedError


def _free(kind: type[AnnotatorError], problem: Exception, *, answered: bool) -> bool:
    """Whether nothing was bought: litellm calls a broken connection an error of the server."""
    if issubclass(kind, REFUSALS):
        return True
    failed = kind is UnavailableError and _status(problem) not in GAVE_UP_WAITING
    return failed and answered


def _status(problem: Exception) -> int:
    status = getattr(problem, "status_code", 0)
    return status if isinstance(status, int) else 0
