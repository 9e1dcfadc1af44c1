"""How right the labels are, and how sure one can be of that."""

from stepladder.audit.interval import Interval, wilson

__all__ = ["Interval", "wilson"]
