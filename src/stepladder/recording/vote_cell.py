"""What one annotator said, as a recording's line has it, and as it is written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from math import inf
from typing import Any

from stepladder.nearest import did_you_mean
from stepladder.types import (
    BASE,
    NO_CONFIDENCE,
    NOTHING,
    Confidence,
    Labelled,
    Outcome,
    Reason,
    Source,
    Unlabelled,
    Usage,
    Usd,
    Vote,
)

MOST_DIGITS = 9
"""Of a number of tokens: what is longer is none, and fits in no ledger."""
SHOWN = 80
"""Characters of a wrong value that an error shows."""
ONE_REQUEST = asdict(Usage())
"""What is used, by kind, where nothing is said of it."""


def vote_of(name: str, said: Mapping[str, Any], default: Usage) -> Vote:
    """The vote in an object of the file; raises ValueError with what is wrong with it.

    The label is as it was written: whether it is one of the task's is not known here. Usage is
    `default` where none is recorded.
    """
    unknown = next((key for key in said if key not in KEYS), None)
    if unknown is not None:
        raise ValueError(f"unknown key {unknown!r}; {did_you_mean(unknown, KEYS)}")
    return Vote(
        annotator=name,
        outcome=_outcome(said),
        confidence=_confidence(said),
        usage=_usage(said["usage"]) if "usage" in said else default,
        cost=_usd(said.get("usd", 0)),
        model=_text(said, "model", ""),
        variant=_text(said, "variant", BASE),
        sample=_count(said.get("sample", 0), "sample"),
        seconds=_seconds(said.get("seconds", 0.0)),
    )


def cell_of(vote: Vote) -> dict[str, Any]:
    """The vote as an object of the file; what goes without saying is left out."""
    cell: dict[str, Any] = {}
    match vote.outcome:
        case Labelled(label):
            cell["label"] = label
        case Unlabelled(reason, detail):
            cell |= {"reason": reason.value, **({"detail": detail} if detail else {})}
    if vote.confidence.source is not Source.NONE:
        cell["source"] = vote.confidence.source.value
        cell["confidence"] = dict(vote.confidence.by_label)
    if vote.variant != BASE or vote.sample:
        cell |= {"variant": vote.variant, "sample": vote.sample}
    used = asdict(vote.usage)
    cell["usage"] = {kind: n for kind, n in used.items() if n != ONE_REQUEST[kind]}
    cell["usd"] = vote.cost.plain
    if vote.model:
        cell["model"] = vote.model
    if vote.seconds:
        cell["seconds"] = round(vote.seconds, 6)
    return cell


KEYS = (
    *("label", "reason", "detail", "source", "confidence", "variant", "sample"),
    *("usage", "usd", "model", "seconds"),
)
"""What an object may say."""


def stated(name: str, label: str, share: float | None, usage: Usage) -> Vote:
    """A vote that only names a label, and maybe how sure the annotator said to be."""
    sure = NO_CONFIDENCE if share is None else Confidence(Source.STATED, {label: share})
    return Vote(name, Labelled(label), sure, usage)


def share_of(value: object) -> float | None:
    """What an annotator stated of its confidence; raises ValueError where that is no share."""
    if value is None:
        return None
    if isinstance(value, bool) or not (isinstance(value, int | float) and 0 <= value <= 1):
        raise ValueError(f"stated_confidence is {_shown(value)}; it goes from 0 to 1")
    return float(value)


def _outcome(said: Mapping[str, Any]) -> Outcome:
    label, reason = said.get("label"), said.get("reason")
    if (label is None) == (reason is None):
        raise ValueError("give either a label, or the reason why there is none")
    if label is not None:
        return Labelled(_plain(label))
    if reason not in set(Reason):
        raise ValueError(
            f"unknown reason {_shown(reason)}; {did_you_mean(str(reason), map(str, Reason))}"
        )
    return Unlabelled(Reason(reason), _text(said, "detail", ""))


def _confidence(said: Mapping[str, Any]) -> Confidence:
    source, by_label = said.get("source", Source.NONE.value), said.get("confidence", {})
    if source not in set(Source):
        raise ValueError(
            f"unknown source {_shown(source)}; {did_you_mean(str(source), map(str, Source))}"
        )
    if not isinstance(by_label, dict):
        raise TypeError(
            f'confidence must be an object by label, as {{"good": 0.8}}, not {_shown(by_label)}; '
            "a number for the label alone stands in the row's stated_confidence"
        )
    if by_label and source == Source.NONE.value:
        named = ", ".join(one for one in Source if one is not Source.NONE)
        raise ValueError(f"a confidence needs its source, one of {named}")
    if not by_label and source != Source.NONE.value:
        raise ValueError(f"the source {source} needs a confidence by label")
    return Confidence(Source(source), by_label) if by_label else NO_CONFIDENCE


def _usage(said: object) -> Usage:
    if not isinstance(said, dict):
        raise TypeError(f"usage must be an object by kind of token, not {_shown(said)}")
    unknown = next((kind for kind in said if kind not in ONE_REQUEST), None)
    if unknown is not None:
        raise ValueError(f"usage: unknown kind {unknown!r}; {did_you_mean(unknown, ONE_REQUEST)}")
    return Usage(**{kind: _count(count, f"usage.{kind}") for kind, count in said.items()})


def tokens(count: str) -> int:
    """A number of tokens as it is written in a column; raises ValueError when it is none."""
    if not (count.isdecimal() and len(count) <= MOST_DIGITS):
        raise ValueError(
            f"prompt_tokens is {_shown(count)}; it must be a whole number of at most "
            f"{MOST_DIGITS} digits"
        )
    return int(count)


def _count(count: object, what: str) -> int:
    if type(count) is not int or not 0 <= count < 10**MOST_DIGITS:
        raise ValueError(
            f"{what} is {_shown(count)}; it must be a whole number of at most {MOST_DIGITS} digits"
        )
    return count


def _usd(amount: object) -> Usd:
    try:
        usd = Usd.of(Decimal(str(amount)))
    except (InvalidOperation, ValueError):
        usd = Usd(-1)
    if isinstance(amount, float | bool) or usd < NOTHING:
        raise ValueError(f'usd is {_shown(amount)}; write an exact amount in quotes: "0.00012"')
    return usd


def _seconds(seconds: object) -> float:
    if isinstance(seconds, bool) or not (isinstance(seconds, int | float) and 0 <= seconds < inf):
        raise ValueError(f"seconds is {_shown(seconds)}; it must be a number of at least 0")
    return float(seconds)


def _text(said: Mapping[str, Any], key: str, default: str) -> str:
    value = said.get(key, default)
    if not isinstance(value, str):
        raise TypeError(f"{key} must be a text, not {_shown(value)}")
    return value


def _plain(label: object) -> str:
    """A label as text; one that is a number or a truth value in the file, as it is written."""
    if isinstance(label, dict | list):
        raise TypeError(f"a label must be a text, not {_shown(label)}")
    return label if isinstance(label, str) else str(label)


def _shown(value: object) -> str:
    return repr(value)[:SHOWN]
