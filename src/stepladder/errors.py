"""Every error stepladder raises on purpose.

StepladderError
├── UserError                  the user can mend it: the CLI prints one line, no traceback
│   ├── TableError             a candidates, examples or answers file
│   ├── SettingsError          task.toml, policy.toml or a price table
│   │   ├── TaskError
│   │   ├── PolicyError
│   │   └── PriceError         unknown model, unknown price, two prices for one day
│   ├── BudgetError            the budget cannot pay for a single candidate
│   ├── LedgerError            the ledger cannot serve this run
│   │   ├── NoLedgerError      there is none yet where one is to be read
│   │   ├── LedgerBusyError    another process is working on the same run
│   │   └── LedgerMismatchError  the ledger belongs to another task or schema
│   └── MissingExtraError      an optional package is not installed
├── AnnotatorError             one attempt failed; `retryable` says whether another may help
│   ├── RateLimitedError       429, or overloaded for everybody
│   ├── UnavailableError       connection refused or reset, 5xx
│   ├── DownError              it keeps failing, so that nobody asked it
│   ├── TimedOutError          no answer in time: the provider may have billed it
│   ├── MalformedReplyError    an answer that is not what the protocol promises
│   ├── RejectedError          the provider refuses this request (4xx, content filter)
│   ├── PromptTooLongError     longer than the model's context window
│   └── CredentialsError       missing or wrong key; halts the run
└── OverrunError               a provider billed more than its quote; halts the run
"""

from __future__ import annotations

from stepladder.types.usage import Usage


class StepladderError(Exception):
    """Root of every error that stepladder raises on purpose."""


class UserError(StepladderError):
    """Something the user can mend; the message says what, where and how."""


class TableError(UserError):
    """A file of candidates, examples or answers cannot be used as it is."""


class SettingsError(UserError):
    """A TOML file cannot be used as it is."""


class TaskError(SettingsError):
    """task.toml cannot be used as it is."""


class PolicyError(SettingsError):
    """policy.toml cannot be used as it is."""


class PriceError(SettingsError):
    """A price is unknown, or a price table cannot be used as it is."""


class BudgetError(UserError):
    """The budget cannot pay for a single candidate."""


class LedgerError(UserError):
    """The ledger cannot serve this run."""


class NoLedgerError(LedgerError):
    """There is no ledger yet where one is to be read."""


class LedgerBusyError(LedgerError):
    """Another process is working on the same run."""


class LedgerMismatchError(LedgerError):
    """The ledger was made by another task, or by a newer stepladder."""


class MissingExtraError(UserError):
    """An optional package is needed and not installed."""


class AnnotatorError(StepladderError):
    """One attempt failed.

    `billed` is what the provider said it used; None means that nobody knows, and
    the attempt settles at its quote unless `free` says that nothing was bought.
    """

    retryable = False
    """Whether the same request may succeed later."""
    halts = False
    """Whether the whole run should stop, since every other request would fail too."""

    def __init__(
        self,
        message: str,
        *,
        billed: Usage | None = None,
        free: bool = False,
        heard: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.billed = billed
        self.free = free
        self.heard = heard
        """Whether anything came back: if not, it says nothing of what the annotator allows."""
        self.retry_after = retry_after
        """Seconds the provider asks us to wait, if it said so."""


class RateLimitedError(AnnotatorError):
    """The provider asks for fewer requests; nothing was billed."""

    retryable = True


class UnavailableError(AnnotatorError):
    """The provider cannot be reached or fails on its side."""

    retryable = True


class DownError(AnnotatorError):
    """The annotator has been failing and is left alone for now; nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, free=True, heard=False)


class TimedOutError(AnnotatorError):
    """No answer in time; the provider may have worked, and billed, all the same."""

    retryable = True


class MalformedReplyError(AnnotatorError):
    """A reply that is not what the protocol promises; it may have been billed."""

    retryable = True


class RejectedError(AnnotatorError):
    """The provider refuses this very request; asking again will not help."""


class PromptTooLongError(AnnotatorError):
    """The prompt does not fit the model's context window."""


class CredentialsError(AnnotatorError):
    """The key is missing, wrong or without credit."""

    halts = True


class OverrunError(StepladderError):
    """A provider billed more than the quote that the budget stands on."""
