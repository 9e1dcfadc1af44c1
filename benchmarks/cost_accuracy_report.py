"""Tables of accuracy by cost, and what the goals say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.cost_accuracy_leads import POINTS, Leads, Method, Splits
from benchmarks.cost_accuracy_recorded import Recorded
from benchmarks.peers.reference import Figures, Reference

OURS, ORACLE = "ours", "oracle"
ACCURACY, OTHERS, SPENT = "accuracy at", "another program's", "spent / budget"
REALISED, SECONDS = "accuracy at realised cost", "seconds"
NARROW, WIDE = 7, 27
COLUMNS = (
    *((ACCURACY, WIDE), (OTHERS, WIDE), (SPENT, WIDE), (REALISED, WIDE)),
    (SECONDS, NARROW),
)
"""Headings and widths."""


def report(recorded: Recorded, splits: Splits, reference: Reference) -> dict[str, Leads]:
    """Print both tables of one recording; ours less each peer comes back."""
    methods = {name: Method.of(name, splits, recorded.budgets) for name in splits[0]}
    _print_models(recorded)
    columns = [(one, width) for one, width in COLUMNS if reference or one != OTHERS]
    print(f"\n  {'':24}" + "".join(f" | {one:{width}}" for one, width in columns))
    points = "".join(
        f" | {_cells(POINTS) if width > NARROW else '':{NARROW}}" for _, width in columns
    )
    print(f"  {'':24}{points}")
    for name, method in methods.items():
        cells = _columns(method, reference.get((recorded.name, name)))
        print(f"  {name:24}" + "".join(f" | {cells[one]:{width}}" for one, width in columns))
    peers = [name for name in methods if name not in {OURS, ORACLE}]
    leads = {name: Leads.of(methods[OURS], methods[name]) for name in peers}
    _print_leads(leads)
    return leads


def _print_models(recorded: Recorded) -> None:
    mean = recorded.each_usd.mean(axis=0)
    print(f"\n{recorded.name}: {len(recorded.rows)} rows; models by cost:")
    for number, name in enumerate(recorded.names):
        best = ", the best single model" if number == recorded.best else ""
        accuracy, usd = recorded.accuracy[number], mean[number] * 1e6
        print(f"  {name}: {accuracy:.4f} at {usd:.1f} USD per million rows{best}")


def _columns(method: Method, known: Figures | None) -> Mapping[str, str]:
    return {
        ACCURACY: _cells([f"{one:.4f}" for one in method.points.mean(axis=0)]),
        OTHERS: "" if known is None else _cells([f"{one:.4f}" for one in known]),
        SPENT: _cells([f"{one:.2f}" for one in method.spent]),
        REALISED: _cells([f"{one:.4f}" for one in method.realised.mean(axis=0)]),
        SECONDS: f"{method.seconds:{NARROW}.3f}",
    }


def _cells(values: Sequence[str]) -> str:
    return " ".join(f"{value:>6}" for value in values)


def _print_leads(leads: Mapping[str, Leads]) -> None:
    heads = (*POINTS, "area at realised", "worst of all budgets")
    print("\n  ours less each, paired: + above, * below by more than one standard error")
    print(f"  {'':24}" + "".join(f" {head:>17}" for head in heads[:-1]) + f"  {heads[-1]}")
    for name, one in leads.items():
        cells = "".join(f" {lead!s:>17}" for lead in (*one.points, one.realised))
        print(f"  {name:24}{cells} {one.worst!s:>17} at {one.worst_at:.0%}")


def verdicts(leads: Mapping[str, Mapping[str, Leads]]) -> Iterator[str]:
    """What the goals say, peer by peer, over all recordings; clearly: by one standard error."""
    for peer in next(iter(leads.values())):
        found = {recording: one[peer] for recording, one in leads.items()}
        below = [name for name, one in found.items() if one.area.mean < 0]
        above = [name for name, one in found.items() if one.area.clear]
        somewhere = [name for name, one in found.items() if not one.nowhere_below]
        said = (
            "area not below" if not below else f"area below on {_missed(below)}",
            f"clearly above on {', '.join(above)}" if above else "clearly above nowhere: MISSED",
            "at no cost clearly below"
            if not somewhere
            else f"clearly below on {_missed(somewhere)}",
        )
        yield f"{peer.strip()}: {'; '.join(said)}"


def _missed(recordings: Sequence[str]) -> str:
    return f"{', '.join(recordings)}: MISSED"
