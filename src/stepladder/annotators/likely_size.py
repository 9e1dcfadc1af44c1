"""What a provider will count of a request, learnt from what it counted: a value."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.types import Usage

LEARNING = 0.05
"""Weight of the last answer, at least, in what prompts' tokens are, compared to their bound."""


@dataclass(frozen=True, slots=True)
class LikelySize:
    """Prompts at their bound, scaled by what earlier ones really had."""

    share_of_bound: float = 1.0
    """Of a prompt's tokens."""
    weighed: int = 0
    """Prompts that it was learnt from."""

    def tokens(self, bound: Usage) -> int:
        """Tokens that will be counted: the prompt's, and all that may be written."""
        return round(bound.prompt_tokens * self.share_of_bound) + bound.output + bound.reasoning

    def after(self, used: Usage, bound: Usage) -> LikelySize:
        """What is likely after a request with this bound used this."""
        most = bound.prompt_tokens
        if not most:
            return self
        weighed = self.weighed + 1
        # The mean of the first ones: a bound of many times the truth is corrected at once.
        weight = max(LEARNING, 1 / weighed)
        seen = min(used.prompt_tokens / most, 1.0)
        share = self.share_of_bound + weight * (seen - self.share_of_bound)
        return LikelySize(share, weighed)
