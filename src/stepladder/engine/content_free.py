"""What annotators say of texts without content, for contextual calibration.

Zhao et al., "Calibrate Before Use: Improving Few-Shot Performance of Language Models"
(2102.09690), section 5: what a model thinks of "N/A", "[MASK]" and an empty text is its
liking for each label. A dash stands for the empty text, since no candidate is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from stepladder.engine.climber import Climber
from stepladder.engine.off_ladder import draws_off_ladder
from stepladder.engine.replay import work_through
from stepladder.policy import Correction, Policy, correction_of
from stepladder.task import Task
from stepladder.task.template import template_columns
from stepladder.types import Candidate, Vote

TEXTS = ("N/A", "[MASK]", "-")
"""What stands in every column that the prompt shows."""
MARK = "content-free: "
"""How the ids of such candidates begin."""


def content_free(task: Task) -> tuple[Candidate, ...]:
    """The candidates without content, the same ones in every run of the task."""
    columns = template_columns(task.text)
    return tuple(Candidate(f"{MARK}{text}", dict.fromkeys(columns, text)) for text in TEXTS)


def contextual(policy: Policy) -> tuple[str, ...]:
    """The annotators whose tier wants what they say of such candidates."""
    wanted = Correction.CONTEXTUAL
    return tuple(name for name in policy.machines if correction_of(policy, name) is wanted)


async def ask_content_free(climber: Climber) -> Mapping[str, tuple[Vote, ...]]:
    """The votes of every annotator that is corrected by them; those known are not bought again.

    Fewer come back where the budget ends before. Raises Interrupted when the run stops.
    """
    names = contextual(climber.staff.policy)
    if not names:
        return {}
    # Asking again for what failed would pay twice, and refit what was decided without it.
    past = names if await climber.ledger.has_fit() else ()
    found: defaultdict[str, list[Vote]] = defaultdict(list)
    candidates = content_free(climber.staff.task)
    for item in work_through(candidates, climber.ledger, climber.staff, climber.brake, past):
        drawn = await draws_off_ladder(climber, await item.read(), names)
        for name, vote in climber.staff.votes_of(drawn).items():
            found[name].append(vote)
    return {name: tuple(votes) for name, votes in found.items()}
