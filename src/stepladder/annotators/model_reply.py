"""What a language model replied, whatever protocol it came by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.types import Usage


@dataclass(frozen=True, slots=True)
class ModelReply:
    """One completed reply, not yet read as an answer."""

    text: str
    """The answer as it came."""
    finish: str
    """Why it ended, in OpenAI's words: stop, length, content_filter; empty if unsaid."""
    refusal: str
    """What the model said when it refused; empty if it did not."""
    first_token: Mapping[str, float]
    """Natural log-probabilities of what could have been the first token that is not blank."""
    usage: Usage | None
    """Tokens; None when the provider reports none, or numbers that cannot be true."""
    model: str
    """The model version that the provider says answered; empty if unsaid."""
