"""Labels candidates: the one caller of annotators, confidence, routing and ledger."""

from stepladder.engine.run import Finished, Run
from stepladder.engine.setup import RunOptions, Setup

__all__ = ["Finished", "Run", "RunOptions", "Setup"]
