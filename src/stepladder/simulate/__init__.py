"""Policies tried on recorded votes: the engine's decisions, without its waiting and paying."""

from stepladder.simulate.deciding import Outcome, decide
from stepladder.simulate.figures import Simulated, figures
from stepladder.simulate.replay import Replay
from stepladder.simulate.scenario import Scenario
from stepladder.simulate.simulation import Simulation, simulate

__all__ = [
    "Outcome",
    "Replay",
    "Scenario",
    "Simulated",
    "Simulation",
    "decide",
    "figures",
    "simulate",
]
