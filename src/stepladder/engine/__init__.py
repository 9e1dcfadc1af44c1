"""Labels candidates: the one caller of annotators, confidence, routing and ledger."""

from stepladder.engine.crew import Finished
from stepladder.engine.run import Run
from stepladder.engine.setup import RunOptions, Setup

__all__ = ["Finished", "Run", "RunOptions", "Setup"]
