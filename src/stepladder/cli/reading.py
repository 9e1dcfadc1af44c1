"""Task and policy as the options name them."""

from __future__ import annotations

from stepladder.cli.today import today
from stepladder.engine.checks import Wanted
from stepladder.engine.setup import Setup, set_up
from stepladder.policy import load_policy
from stepladder.task import load_task


def read_setup(wanted: Wanted) -> Setup:
    """Everything but the candidates; raises UserError for the first thing that is wrong."""
    task, policy = load_task(wanted.task), load_policy(wanted.policy)
    return set_up(task, policy, wanted.policy_folder, day=today())
