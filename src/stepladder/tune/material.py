"""What a tuning works with: gold that teaches, what it taught, gold that tests, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from stepladder.confidence import PriorColumns, Wanted
from stepladder.engine.frozen import Frozen
from stepladder.engine.teaching import prior_columns
from stepladder.errors import UserError
from stepladder.policy import Policy
from stepladder.recording import Recording
from stepladder.recording.identity import candidate_identity
from stepladder.simulate.casting import cast
from stepladder.simulate.replay import Player
from stepladder.simulate.scenario import Scenario
from stepladder.tune.bench import Bench
from stepladder.tune.considering import considered, costs
from stepladder.tune.enough import check_chances, check_draw, check_enough, check_enough_left
from stepladder.tune.gold_rows import GoldRows, Known
from stepladder.tune.ladder_policy import part_of
from stepladder.tune.promise import Of, Promise, Rest, tested_groups
from stepladder.tune.reading import read_gold
from stepladder.tune.testing import Testable
from stepladder.tune.wish import Wish

GAPS = 0.1
"""Share of the rows of gold up to which rows without it are gaps in the gold, and not the rest."""

MOST_ERROR = 0.99
"""Share of a rest that is allowed to be wrong, at most."""


@dataclass(frozen=True, eq=False)
class Material:
    """Made when it is first asked for; raises UserError where there is too little gold."""

    recording: Recording
    base: Policy
    scenario: Scenario
    wish: Wish

    @cached_property
    def gold(self) -> GoldRows:
        """All of it."""
        labels = self.recording.task.label_names
        speakers = cast(self.base, self.recording.contents.annotators)
        found = read_gold(self.recording, Player(self.base, labels, speakers))
        check_enough(found, labels)
        return found

    @cached_property
    def promise(self) -> Promise | None:
        """What is tested of the rest: beside gold, which is right, more of it may be wrong."""
        wished, gold = self.wish.promise, self.gold
        if wished is None or wished.of is not Of.ALL:
            return wished
        if self.few_without_gold or gold.beside_gold:
            raise UserError(
                "--count-gold: the recording has to hold all candidates that are to be labelled, "
                "without gold and in groups without any"
            )
        if gold.rest_kept_local:
            raise UserError(
                f"--count-gold: not everybody may see {gold.rest_kept_local:,} rows without gold, "
                "so that nothing can be promised of all; leave them out, or --count-gold"
            )
        labelled = len(gold.known) + gold.kept_local
        error = wished.error * (gold.rest_rows + labelled) / gold.rest_rows
        return replace(wished, error=min(error, MOST_ERROR), of=Of.DELIVERED)

    @cached_property
    def parts(self) -> tuple[GoldRows, GoldRows]:
        """Gold that teaches and chooses, and gold that only tests."""
        gold, promise = self.gold, self.promise
        if promise is None:
            return gold.dealt(0, self.wish.seed)
        check_chances(gold)
        if self.recording.given and not self.few_without_gold:
            check_draw(gold)
        groups, rest = len(gold.testable), self.rest.groups
        other = len(gold.groups) - groups
        tested = tested_groups(groups, rest, promise, single=gold.single, other=other)
        return gold.dealt(tested, self.wish.seed)

    @cached_property
    def rest(self) -> Rest:
        """Whom the promise is about: groups without gold, or else as many as have gold.

        A few of them are no rest: there the people who gave gold could not agree.
        """
        if self.few_without_gold:
            return Rest(len(self.gold.groups))
        gold = self.gold
        return Rest(gold.rest_groups, float(gold.rest_largest), gold.rest_usual)

    @property
    def few_without_gold(self) -> bool:
        """Whether rows without gold are so few that they are no rest."""
        return self.gold.rest_rows < GAPS * len(self.gold.known)

    @cached_property
    def teaching(self) -> Sequence[Known]:
        """The rows that teach and choose."""
        teaching = self.parts[0]
        if self.promise is not None:
            check_enough_left(teaching, self.gold, self.recording.task.label_names)
        return teaching.teaching(self.wish.seed)

    @cached_property
    def bench(self) -> Bench:
        """What was learnt from them, laid out for a search."""
        rows = [one.row for one in self.teaching]
        usd = costs(rows, self.base.machines, self.scenario.rates(self.base), self.scenario)
        names, labels = considered(rows, usd), self.recording.task.label_names
        wanted = Wanted(labels, names, seed=self.wish.seed, columns=self._columns)
        return Bench.of(wanted, rows, usd)

    @property
    def _columns(self) -> PriorColumns | None:
        """What a prior may look at; None where there is nothing, or it is not to."""
        rows = [one.row.candidate for one in self.teaching]
        if not self.base.calibration.prior or not any(row.columns for row in rows):
            return None
        return prior_columns(self.recording.task, rows[0])

    @cached_property
    def testable(self) -> Testable:
        """The rows that only test, under what was learnt."""
        return Testable(self.bench, self.parts[1].known, self.rest)

    def frozen(self, policy: Policy) -> Frozen:
        """What was learnt, as far as the policy needs it."""
        teaching, testing = self.teaching, self.parts[1].known
        return Frozen(
            recording=self.recording.contents.digest,
            seed=self.wish.seed,
            learnt_from=tuple(one.name for one in teaching),
            tested_on=tuple(one.name for one in testing),
            groups=tuple(sorted({g for one in (*teaching, *testing) if (g := one.group_name)})),
            candidates=tuple(
                candidate_identity(one.row.candidate) for one in (*teaching, *testing)
            ),
            fit=part_of(self.bench.every.fit, policy.machines),
        )
