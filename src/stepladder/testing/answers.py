"""What a fake provider says about a prompt: from the script, the recording or the seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepladder.testing.behaviour import Behaviour
from stepladder.testing.fate import Draws
from stepladder.testing.faults import Fault
from stepladder.testing.protocol import Asked
from stepladder.testing.recording import Recorded, Said

REFUSED = "I'm sorry, but I can't help with that."
OFF_LIST = ("maybe", "it depends", "none of these", "N/A", "42", "label", "unknown-7")
FOREIGN = (
    "да",
    "否",
    "はい",
    "نعم",
    "לא",
    "नहीं",
    "ναι",
    "예",
    "👍",
    "🤷‍♀️",
    "Ｙｅｓ！",
    "peut-être",
)
LONG = " ".join(f"word{number}" for number in range(2000))
HUGE_SIZE = 10_000_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Belief:
    """An answer and its probability; the other labels share what is left equally."""

    answer: str
    probability: float
    prompt_tokens: int | None = None
    """As recorded, where they are to be charged."""


class Mind:
    """Knows what to say."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._labels = behaviour.labels
        self._script = behaviour.script
        recording = behaviour.recording
        self._recorded = None if recording is None else Recorded.load(recording)

    def belief(self, asked: Asked, draws: Draws) -> Belief | None:
        """What it answers, the same each time; None where it should repeat what nobody said."""
        probability = 0.5 + 0.499 * draws.sure
        scripted = self._scripted(asked.text) if self._script else None
        if scripted is not None:
            return Belief(scripted, probability)
        if self._recorded is None:
            return Belief(self._labels[int(draws.choice * len(self._labels))], probability)
        said = self._recorded.said(asked.model, asked.text)
        return None if said is None else _repeated(said, probability)

    def _scripted(self, text: str) -> str | None:
        found = {text.rfind(part): answer for part, answer in self._script.items()}
        at = max(found)
        return found[at] if at >= 0 else None


def _repeated(said: Said, unstated: float) -> Belief:
    # A probability of 0 or 1 has no finite logarithm, or leaves none for the others.
    stated = unstated if said.probability is None else said.probability
    return Belief(said.answer, min(max(stated, 1e-6), 1 - 1e-6), said.prompt_tokens)


def stated(belief: Belief, asked: Asked, labels: tuple[str, ...]) -> Belief:
    """A label with its probability after it, if the prompt asks for that; else what it was."""
    if not asked.how_sure or belief.answer not in labels:
        return belief
    return replace(belief, answer=f"{belief.answer}, {round(100 * belief.probability)}")


def spoilt(belief: Belief, fault: Fault | None, draws: Draws) -> Belief:
    """What is said instead, if a fault of the answer befalls it."""
    match fault:
        case Fault.REFUSAL | Fault.REFUSAL_IN_WORDS:
            answer = REFUSED
        case Fault.FILTERED | Fault.EMPTY:
            answer = ""
        case Fault.OFF_LIST:
            answer = OFF_LIST[int(draws.choice * len(OFF_LIST))]
        case Fault.FOREIGN:
            answer = FOREIGN[int(draws.choice * len(FOREIGN))]
        case Fault.LONG:
            answer = LONG
        case Fault.HUGE:
            answer = (belief.answer or "word").replace(" ", "-")
            answer *= HUGE_SIZE // len(answer) + 1
        case _:
            return belief
    return replace(belief, answer=answer)
