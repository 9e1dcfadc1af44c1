"""Gold against what calibration can learn from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stepladder.engine.findings import Findings
from stepladder.engine.intake import Intake
from stepladder.engine.setup import Setup
from stepladder.policy.schema import Calibration
from stepladder.task import Task
from stepladder.task.template import fill
from stepladder.types import Candidate

SHOWN = 3
"""Contradictions that are named."""
REMEDY = "`stepladder gold` draws more at random"
REGROUP = (
    "under [columns] of the task name a `group` column with several values, or leave `group` away "
    "if the rows are independent"
)
SEVERAL = 2
"""Groups without gold that are remembered."""


class Asked(NamedTuple):
    """What should have one answer: a text and a question, in one group."""

    group: str
    question: str
    text: str


class Gap(NamedTuple):
    """Something that calibration cannot learn from the gold there is."""

    message: str
    """What, and what to do; without a full stop."""
    blocks: bool
    """Whether nothing at all can be calibrated."""
    more_helps: bool
    """Whether more rows drawn from the same file can mend it."""


class GoldLook:
    """A look at one candidate after the other, remembering what gold there is."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._groups: set[str] = set()
        self._elsewhere: set[str] = set()
        self._labels: Counter[str] = Counter()
        self._answers: dict[Asked, dict[str, str]] = {}

    def at(self, _: int, candidate: Candidate) -> None:
        """Look at one more; its place does not matter."""
        if candidate.gold is None:
            # A second group is enough to know that there are several.
            if len(self._elsewhere) < SEVERAL:
                self._elsewhere.add(candidate.group)
            return
        self._groups.add(candidate.group)
        self._labels[candidate.gold] += 1
        text = fill(self._task.text, candidate.columns)
        asked = Asked(candidate.group, candidate.question, text)
        self._answers.setdefault(asked, {}).setdefault(candidate.gold, candidate.id)

    def contradictions(self) -> tuple[str, ...]:
        """A warning when the same text of one group has two labels."""
        found = [ids for ids in self._answers.values() if len(ids) > 1]
        if not found:
            return ()
        more = f", and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        named = "; ".join(map(_named, found[:SHOWN]))
        return (
            f"gold contradicts itself for the same text and group: {named}{more}; all are kept, "
            "so accuracy cannot reach 100 %: mend the wrong ones",
        )

    def gaps(self) -> tuple[str, ...]:
        """Warnings about what no fit can learn from this gold."""
        return tuple(gap.message for gap in self.found())

    def found(self) -> tuple[Gap, ...]:
        """The same, with what each comes to; nothing is missed where there is no gold."""
        return (*self._of_labels(), *self._of_groups()) if self._labels else ()

    def _of_labels(self) -> Iterator[Gap]:
        unseen = [name for name in self._task.labels if name not in self._labels]
        if len(self._labels) == 1:
            (only,) = self._labels
            said = f"all gold has the label {only!r}: nothing can be calibrated on it; {REMEDY}"
            yield Gap(said, blocks=True, more_helps=True)
        elif unseen:
            names = ", ".join(map(repr, unseen))
            said = (
                f"no row of gold has the label {names}: its probability cannot be calibrated; "
                f"{REMEDY}, with --stratify from rare labels too"
            )
            yield Gap(said, blocks=False, more_helps=True)

    def _of_groups(self) -> Iterator[Gap]:
        if len(self._groups) > 1 or self._labels.total() == 1:
            return
        (group,) = self._groups
        several = bool(self._elsewhere - self._groups)
        of = f"gold is in one group, {group!r}" if several else f"rows are of one group, {group!r}"
        said = (
            f"all {of}: nothing can be calibrated, since a fit is judged on groups that it has "
            f"not seen; {REMEDY if several else REGROUP}"
        )
        yield Gap(said, blocks=True, more_helps=several)


def _named(ids: Mapping[str, str]) -> str:
    return " but ".join(f"id {identity!r} is {label!r}" for label, identity in ids.items())


def check_gold(setup: Setup, intake: Intake, findings: Findings) -> None:
    """Warn when gold is contradictory, or too poor for what the accept rules want."""
    for message in intake.gold_warnings:
        findings.warn(message)
    if not needs_probabilities(setup) or setup.frozen is not None:
        return
    for message in intake.gold_gaps:
        findings.warn(message)
    calibration = setup.policy.calibration
    rows, minimum = len(intake.calibration), calibration.minimum
    if intake.worth < minimum:
        remedy = REMEDY
        if rows >= calibration.rows:
            remedy = raise_rows(calibration)
        worth = f", worth {intake.worth:.0f} of equal weight" if intake.worth < rows - 0.5 else ""
        findings.warn(
            f"{rows:,} row{'s' * (rows != 1)} of gold to calibrate on (of {intake.gold:,} with "
            f"gold{worth}), but at least {minimum} are needed: probabilities stay uncalibrated; "
            f"{remedy}"
        )


def raise_rows(calibration: Calibration) -> str:
    """What to do where more gold changes nothing, since no more rows may calibrate."""
    return f"raise `rows`, now {calibration.rows:,}, under [calibration] in the policy"


def needs_probabilities(setup: Setup) -> bool:
    """Whether any accept rule looks at probabilities."""
    rules = (rule for tier in setup.policy.tiers for rule in tier.accept)
    return any(given is not None for r in rules for given in (r.probability, r.margin, r.entropy))
