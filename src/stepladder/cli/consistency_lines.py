"""How consistent annotators are, for people: tables, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType

from stepladder.audit.wording_change import WordingChange
from stepladder.cli.drift_lines import drift_lines
from stepladder.cli.screen import many, table
from stepladder.cli.shares import plainly_of, shown_p, with_interval
from stepladder.cli.wordings import other_meaning
from stepladder.engine.consistency_report import AnnotatorReport
from stepladder.engine.interview import Interview
from stepladder.engine.sampling import Sample

NUMBERS = frozenset(
    {
        "asked",
        "agreement",
        "no label",
        "failed",
        "tokens",
        "USD",
        "USD per 1,000",
        "times",
        "lost",
        "by one, mean",
    }
)


def print_consistency(
    console: Console, reports: Sequence[AnnotatorReport], run: Interview, sample: Sample
) -> None:
    """Everything; what there is none of is left out."""
    if len(run.questions.draws) > 1:
        console.print(_annotators(reports))
        console.print(_kinds(reports))
        console.print(_wordings(reports))
        for one in reports:
            for line in _error_lines(one):
                console.print(line, soft_wrap=True)
    for one in reports:
        for line in drift_lines(one):
            console.print(line, soft_wrap=True)
    for line in _closing(reports, run, sample):
        console.print(line, soft_wrap=True)


def warnings_of(reports: Sequence[AnnotatorReport]) -> Iterator[str]:
    """One for each wording that does not mean the same to an annotator."""
    for one in reports:
        for row in one.steadiness.by_wording:
            if row.other_meaning and not row.draw.sample:
                yield other_meaning(one.name, row)


def _annotators(reports: Sequence[AnnotatorReport]) -> RenderableType:
    columns = ("annotator", "asked", "changed its mind", "agreement")
    money = ("no label", "failed", "tokens", "USD", "USD per 1,000")
    grid = table(*columns, *money, numbers=NUMBERS, title="Under other wordings")
    for one in reports:
        steadiness, paid = one.steadiness, one.paid
        agreement = steadiness.agreement
        grid.add_row(
            one.name,
            f"{paid.candidates:,}",
            with_interval(steadiness.changed),
            "" if agreement is None else f"{agreement:.1%}",
            *(f"{count:,}" for count in (one.unlabelled, one.errors, paid.usage.tokens)),
            *(paid.cost.rounded, paid.per_thousand.rounded),
        )
    return grid


def _kinds(reports: Sequence[AnnotatorReport]) -> RenderableType:
    columns = ("annotator", "what differs", "times", "label changed by any", "by one, mean")
    grid = table(*columns, numbers=NUMBERS)
    for one in reports:
        for kind in one.steadiness.by_kind:
            mean = kind.per_wording_mean
            shown = "" if mean is None else f"{mean:.1%}"
            any_of = with_interval(kind.changed)
            grid.add_row(one.name, kind.kind, f"{kind.draws}", any_of, shown)
    return grid


def _wordings(reports: Sequence[AnnotatorReport]) -> RenderableType:
    grid = table(
        *("annotator", "wording", "changed", "lost", "right on gold", "own wording", "no worse"),
        numbers=NUMBERS,
    )
    for one in reports:
        for row in one.steadiness.by_wording:
            grid.add_row(one.name, *_wording_cells(row))
    return grid


def _wording_cells(row: WordingChange) -> list[str]:
    gold = (
        [plainly_of(row.right), plainly_of(row.right_own), shown_p(row.p_worse)]
        if row.right.total
        else []
    )
    return [row.draw.shown, plainly_of(row.changed), f"{row.lost:,}", *(gold or ["", "", ""])]


def _error_lines(one: AnnotatorReport) -> Iterator[str]:
    steady, not_steady = one.steadiness.right_if_steady, one.steadiness.right_if_not
    found = one.steadiness.says_of_error
    if steady.total:
        yield f"{one.name}, right on gold when all wordings agree: {with_interval(steady)}."
    if not_steady.total:
        yield f"{one.name}, right on gold when they do not: {with_interval(not_steady)}."
    if found is not None:
        low, high = found.interval.low, found.interval.high
        yield (
            f"  A difference of {100 * found.difference:+.1f} points (95 % interval "
            f"{100 * low:+.1f} to {100 * high:+.1f}; Fisher's exact test, "
            f"{shown_p(found.p_value)})."
        )


def _closing(reports: Sequence[AnnotatorReport], run: Interview, sample: Sample) -> Iterator[str]:
    asked, groups = len(sample.candidates), sample.groups
    if groups < asked:
        yield (
            f"The {asked:,} candidates are of {many(groups, 'group')}: those of one group are "
            "alike, so that intervals are too narrow and p-values too small."
        )
    for one in reports:
        if one.unpaid:
            yield (
                f"{one.name}: the budget did not reach {many(one.unpaid, 'candidate')}; give the "
                "same command with more --budget."
            )
    known = sum(one.known for one in reports)
    if known:
        yield f"{many(known, 'answer')} stood in the ledger already and cost nothing now."
    yield (
        f"Spent {run.purse.usd.spent.rounded} USD of {run.purse.limits.usd.rounded} in this and "
        "earlier starts."
    )
