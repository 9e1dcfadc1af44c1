"""`stepladder calibrate` before there is any gold: how annotators agree, and how to get gold."""

from __future__ import annotations

from stepladder.cli.calibrate_request import CalibrateRequest
from stepladder.cli.preparing import Ready
from stepladder.cli.screen import many, print_json, screen, table
from stepladder.confidence.dawid_skene import DawidSkene
from stepladder.engine.without_gold import estimated
from stepladder.errors import UserError
from stepladder.ledger import masked


def report_no_gold(request: CalibrateRequest, ready: Ready, *, json: bool) -> int:
    """Say what votes alone tell; raises UserError when the ledger's votes tell nothing."""
    setup = ready.setup
    found = estimated(request.ledger_url, setup.policy.machines, setup.task.label_names)
    if found is None:
        raise UserError(
            f"{request.candidates}: no candidate has gold, so nothing can be calibrated; "
            f"get some with: {request.gold_command}"
        )
    if json:
        print_json(_figures(found, request))
    else:
        _print(found, request)
    return 0


def _print(found: DawidSkene, request: CalibrateRequest) -> None:
    console = screen()
    console.print(
        f"{request.candidates}: no candidate has gold, so nothing can be calibrated.\n"
        f"By agreement alone ({many(len(found.posteriors), 'candidate')} in the ledger, Dawid and "
        "Skene): annotators that err alike look better than they are.",
        soft_wrap=True,
    )
    grid = table("annotator", "answers", "accuracy", numbers=frozenset({"answers", "accuracy"}))
    for (name, accuracy), answers in zip(found.accuracies.items(), found.answered, strict=True):
        grid.add_row(name, f"{int(answers):,}", f"{accuracy:.1%}")
    console.print(grid)
    most = int(max(found.answered))
    if any(answers < most for answers in found.answered):
        console.print(
            f"Whoever answered fewer than {most:,} was not asked about a sample: where only "
            "doubtful candidates climbed, no figure here is an accuracy on all of them. Let "
            "`stepladder gold` draw some.",
            soft_wrap=True,
        )
    shares = zip(found.labels, found.shares.tolist(), strict=True)
    console.print(f"Labels: {', '.join(f'{label} {share:.1%}' for label, share in shares)}.")
    console.print(f"Get gold with:\n  {request.gold_command}", soft_wrap=True)


def _figures(found: DawidSkene, request: CalibrateRequest) -> dict[str, object]:
    answered = dict(zip(found.annotators, found.answered.tolist(), strict=True))
    return {
        "gold": 0,
        "ledger": masked(request.ledger_url),
        "get_gold": request.gold_command,
        "estimated_without_gold": {
            "method": "Dawid-Skene",
            "candidates": len(found.posteriors),
            "label_shares": dict(zip(found.labels, found.shares.tolist(), strict=True)),
            "annotators": [
                {"name": name, "answers": answered[name], "accuracy": accuracy}
                for name, accuracy in found.accuracies.items()
            ],
        },
    }
