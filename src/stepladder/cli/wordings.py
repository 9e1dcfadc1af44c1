"""What gold says of a wording, in words and in figures."""

from __future__ import annotations

from typing import Any

from stepladder.audit.wording_change import WordingChange
from stepladder.cli.shares import plainly_of, share_figures, shown_p


def other_meaning(annotator: str, change: WordingChange) -> str:
    """That a wording does not mean the same to an annotator, and what to do."""
    return (
        f"{change.draw.shown} changes the meaning for {annotator}: right on "
        f"{plainly_of(change.right)} rows of gold, on {plainly_of(change.right_own)} in the "
        f"task's own wording (exact McNemar test, adjusted {shown_p(change.p_worse)}); "
        "mend it, or leave that kind out of `vary`"
    )


def wording_figures(change: WordingChange) -> dict[str, Any]:
    """One wording, compared with the task's own."""
    return {
        "variant": change.draw.variant,
        "sample": change.draw.sample,
        "changed": share_figures(change.changed),
        "lost_label": change.lost,
        "gained_label": change.gained,
        "right": share_figures(change.right),
        "right_own_wording": share_figures(change.right_own),
        "p_worse": change.p_worse,
        "other_meaning": change.other_meaning,
    }
