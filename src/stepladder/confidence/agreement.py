"""One vote from several draws: how often each label came is how sure the annotator is.

Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models"
(2203.11171) for samples of one prompt; Jung, Brahman, Choi, "Trust or Escalate"
(2407.18370), section 2.2, for variants of it: simulated annotators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from stepladder.digest import digest
from stepladder.types import BASE, UNUSED, Confidence, Labelled, Source, Vote, total

SMOOTHING = 1.0
"""Pseudo-draws, shared evenly among all labels: five of five are no certainty."""


def agreement(votes: Sequence[Vote], source: Source, labels: Sequence[str]) -> Vote:
    """The vote that these draws (n, in their order) amount to; a single draw is that vote.

    The label is the one named most often, of equals the one named first. Its confidence is
    the smoothed share of each label among the draws that named one. Tokens and money are
    those of all draws. When no draw named a label, neither does the vote.
    """
    if len(votes) == 1:
        return votes[0]
    first = votes[0]
    named = [vote.outcome.label for vote in votes if isinstance(vote.outcome, Labelled)]
    together = replace(
        first,
        usage=sum((vote.usage for vote in votes), UNUSED),
        cost=total(vote.cost for vote in votes),
        model=next((vote.model for vote in votes if vote.model), ""),
        variant=BASE,
        sample=0,
        key=digest(*(vote.key for vote in votes)),
        seconds=max(vote.seconds for vote in votes),
    )
    if not named:
        return together
    label = Counter(named).most_common(1)[0][0]
    said = next(vote for vote in votes if vote.label == label)
    return replace(
        together,
        outcome=Labelled(label),
        confidence=Confidence(source, _shares(named, labels)),
        text=said.text,
    )


def _shares(named: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    """The smoothed share of each label; the shares sum to one."""
    counts, each = Counter(named), SMOOTHING / len(labels)
    return {label: (counts[label] + each) / (len(named) + SMOOTHING) for label in labels}
