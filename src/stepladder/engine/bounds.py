"""The most tokens of one attempt, for many candidates put to several annotators."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.engine.call import Call
from stepladder.engine.rates import TokenRate
from stepladder.engine.setup import Setup
from stepladder.policy import ModelSpec, asked_as
from stepladder.types import Candidate, Usage

TRIED = 100
"""Candidates about which every model is asked for its own bound, before any is shared."""


@dataclass(slots=True)
class _Reader:
    """A model, and what its prompts are like."""

    prompt: tuple[object, ...]
    """Models with the same prompt, counted by the same tokenizer, read the same tokens."""
    output: int = 0
    """Tokens of its longest answer."""
    tried: int = 0
    """How often its own bound was that of the others."""


class Bounds:
    """Every annotator's `bound`; a prompt that several models read is counted once."""

    def __init__(self, setup: Setup) -> None:
        self._annotators = setup.annotators
        calls = (call for name in setup.rates for call in setup.calls[name])
        readers = ((call, _reader(setup, call)) for call in calls)
        self._readers = {call: reader for call, reader in readers if reader is not None}
        self._candidate: Candidate | None = None
        self._read: dict[tuple[object, ...], int] = {}
        """Tokens of the prompts about that candidate."""

    def of(self, call: Call, candidate: Candidate) -> Usage:
        """The most tokens of one attempt."""
        if candidate is not self._candidate:
            self._candidate = candidate
            self._read.clear()
        reader = self._readers.get(call)
        read = self._read.get(reader.prompt) if reader else None
        if reader is None or read is None or reader.tried < TRIED:
            return self._own(call, candidate, reader)
        return Usage(input=read, output=reader.output)

    def _own(self, call: Call, candidate: Candidate, reader: _Reader | None) -> Usage:
        bound = self._annotators[call.annotator].bound(candidate, call.draw)
        if reader is not None:
            shared = self._read.setdefault(reader.prompt, bound.input)
            reader.output = bound.output
            reader.tried += 1
            if bound != Usage(input=shared, output=reader.output):
                # An annotator of somebody's own, perhaps, that counts otherwise.
                del self._readers[call]
        return bound


def _reader(setup: Setup, call: Call) -> _Reader | None:
    spec, rate = asked_as(setup.policy, call.annotator), setup.rates[call.annotator]
    if not isinstance(spec, ModelSpec) or not isinstance(rate, TokenRate):
        return None
    return _Reader((spec.prompt, spec.wanted, call.draw.variant, rate.price.encoding))
