"""Whether an annotator's answers changed since an earlier ledger, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stepladder.audit.drift import Drift
from stepladder.cli.screen import many
from stepladder.cli.shares import shown_p, with_interval
from stepladder.engine.consistency_report import Again, AnnotatorReport


def drift_lines(one: AnnotatorReport) -> Iterator[str]:
    """The verdict first, then what it stands on; nothing where there is nothing to compare."""
    again = one.again
    if again is None:
        return
    drift = again.drift
    if not drift.changed.total:
        yield f"{one.name}: no earlier answer to compare with."
        return
    yield f"{one.name}: {verdict(again)}"
    yield (
        f"  Another label than before: {with_interval(drift.changed)}; more than "
        f"{drift.tolerance:.1%}? exact binomial test, {shown_p(drift.p_changed)}."
    )
    yield from _shift_lines(drift)
    if drift.right_before.total:
        yield (
            f"  Right on gold: {with_interval(drift.right_before)} before, "
            f"{with_interval(drift.right_after)} now; "
            f"exact McNemar test, {shown_p(drift.p_accuracy)}."
        )
    yield (
        f"  Model as the provider named it: {_models(again.models_before)} before, "
        f"{_models(again.models_after)} now."
    )
    yield f"  {question(again)}"
    if again.known:
        yield (
            f"  {many(again.known, 'answer')} stood in today's ledger before this command: they "
            "say nothing of what changed since then; to ask anew, name a new --ledger."
        )


def verdict(again: Again) -> str:
    """Changed, or no change found and how large a one would have been; never `the same`."""
    drift, asked = again.drift, again.drift.changed.total
    now = "" if again.known < asked else "nothing was asked now; of answers bought earlier: "
    if drift.found:
        return f"{now}changed ({', '.join(_reasons(drift))})."
    seen = drift.noticeable
    if seen is None:
        return (
            f"{now}no change found, but {many(asked, 'candidate')} could not have shown any; "
            "give a larger -n."
        )
    return f"{now}no change found (would have seen a change of {seen:.1%} or more with 80 % power)."


def question(again: Again) -> str:
    """Whether the two were asked the same thing."""
    total = again.drift.changed.total
    if again.same_question == total:
        return "Prompt, model name and settings are the ones of then."
    if not again.same_question:
        return "Prompt, model name or settings are others than then."
    return (
        f"Prompt, model name and settings are the ones of then for {again.same_question:,} of "
        f"{many(total, 'candidate')}."
    )


def _reasons(drift: Drift) -> Iterator[str]:
    if drift.too_many:
        yield f"more than {drift.tolerance:.1%} of the labels"
    for shift in drift.shifted:
        more = "more" if shift.moves.gains > shift.moves.losses else "less"
        yield f"{_named(shift.label)} is said {more} often"
    if drift.accuracy_changed:
        better = drift.right_after.count > drift.right_before.count
        yield f"accuracy on gold is {'better' if better else 'worse'}"


def _shift_lines(drift: Drift) -> Iterator[str]:
    for shift in drift.shifts:
        if shift.moves.gains or shift.moves.losses:
            yield (
                f"  {_named(shift.label)}: {shift.moves.gains:,} came, {shift.moves.losses:,} "
                f"left; sign test, adjusted {shown_p(shift.p_value)}."
            )


def _named(label: str | None) -> str:
    return "no label" if label is None else repr(label)


def _models(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'unnamed'} ({count:,})" for name, count in counts.items())
