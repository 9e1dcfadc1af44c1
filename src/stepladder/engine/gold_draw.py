"""Drawing candidates of a file to be given gold, and keeping the draw in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stepladder.audit.drawing import Drawn, draw_groups, permanent_number
from stepladder.digest import digest
from stepladder.engine.gold_frame import Frame
from stepladder.errors import LedgerError
from stepladder.ledger import GoldBook, GoldEntry, Origin
from stepladder.task import Task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.task.fingerprint import fingerprint, fits
from stepladder.types import Candidate, CandidateKey

Entries = Mapping[CandidateKey, GoldEntry]


@dataclass(frozen=True, slots=True)
class DrawWish:
    """How much gold is wanted, and how it is drawn."""

    rows: int
    """Rows with gold in all, the file's own included; at least 1."""
    seed: int
    """Of the groups' random numbers."""
    strata_by: tuple[str, ...] = ()
    """Annotators whose votes make the strata, the first one first; empty for no strata."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A candidate that was drawn, with what the ledger has of it."""

    candidate: Candidate
    entry: GoldEntry


@dataclass(frozen=True, slots=True)
class Deck:
    """All candidates of the file that were drawn, in the order to ask about them."""

    asked: Sequence[Asked]
    history: Sequence[CandidateKey]
    """Those that are answered already, in the order of their answers."""
    new: int = 0
    """How many of them were drawn just now."""
    strata: Mapping[str, int] | None = None
    """Rows by stratum, if it was drawn by strata."""
    changed: int = 0
    """How many have a label that was given for another text: they are to be asked about again."""


def draw_deck(book: GoldBook, candidates: CandidatesFile, frame: Frame, wish: DrawWish) -> Deck:
    """Draw what is missing, unless the same was drawn before; durable when it comes back.

    Raises LedgerError when the ledger's draws do not fit this one, or has no votes to make
    strata of, TableError when the file cannot be read.
    """
    entries = book.entries()
    _check_seed(entries, wish.seed)
    key = digest("gold", frame.digest, wish.rows, wish.seed, wish.strata_by)
    added: list[GoldEntry] = []
    if all(entry.draw != key for entry in entries.values()):
        groups = frame.groups(_strata(book, frame, wish.strata_by))
        drawn = draw_groups(groups, wish.rows - frame.gold, wish.seed)
        added = _added(drawn, candidates, entries, key, wish.seed)
        book.add(added)
    new = sum(entry.key not in entries for entry in added)
    deck = deck_of(book.entries(), candidates)
    return replace(deck, new=new, strata=_rows_by_stratum(deck) if wish.strata_by else None)


def deck_of(entries: Entries, candidates: CandidatesFile) -> Deck:
    """The candidates of the file that were drawn before, but for those with gold in the file."""
    task = candidates.task
    there = [one for one in candidates if one.gold is None and one.key in entries]
    found = [Asked(one, _entry_of(one, entries[one.key], task)) for one in there]
    valid = {asked.candidate.key for asked in found if asked.entry.label is not None}
    changed = sum(entries[one.key].label is not None for one in there) - len(valid)
    # The sort keeps the file's order within a group.
    answered = [key for key in entries if key in valid]
    return Deck(sorted(found, key=_turn), answered, changed=changed)


def _entry_of(candidate: Candidate, entry: GoldEntry, task: Task) -> GoldEntry:
    """The entry for the text as it is today: a label that was given for another one is none."""
    label = entry.label if fits(entry.seen, candidate.columns) else None
    return replace(entry, label=label, seen=fingerprint(task, candidate.columns))


def _turn(asked: Asked) -> tuple[float, str]:
    entry, group = asked.entry, asked.candidate.group
    return permanent_number(group, entry.seed) / entry.probability, group


def _check_seed(entries: Entries, seed: int) -> None:
    other = next((entry.seed for entry in entries.values() if entry.seed != seed), seed)
    if other != seed:
        raise LedgerError(
            f"gold in this ledger was drawn with --seed {other}, not {seed}; give --seed {other}, "
            "so that the probabilities of both draws are known, or name another --ledger"
        )


def _strata(book: GoldBook, frame: Frame, annotators: Sequence[str]) -> Mapping[str, str]:
    """Groups by what their first candidate was called; none for those without a vote."""
    if not annotators:
        return {}
    given = book.labels_given(annotators)
    found = {name: given[key] for name, key in frame.firsts.items() if key in given}
    if not found:
        raise LedgerError(
            f"no votes of {', '.join(annotators)} about these candidates in the ledger, so there "
            "is nothing to stratify by; give `label` the same --ledger first, or leave "
            "--stratify away"
        )
    return found


def _added(
    drawn: Sequence[Drawn],
    candidates: CandidatesFile,
    entries: Entries,
    key: str,
    seed: int,
) -> list[GoldEntry]:
    """A row for each candidate that is new, or has a larger probability now."""
    by_name = {one.group.name: one for one in drawn}
    added: list[GoldEntry] = []
    for candidate in candidates if by_name else ():
        one = by_name.get(candidate.group)
        if one is None or candidate.gold is not None:
            continue
        before = entries.get(candidate.key)
        if before is None:
            added.append(_new(candidate, one, key, seed))
        elif before.probability < one.probability:
            stratum, chance = one.group.stratum, one.probability
            added.append(replace(before, probability=chance, stratum=stratum, draw=key))
    return added


def _new(candidate: Candidate, drawn: Drawn, key: str, seed: int) -> GoldEntry:
    return GoldEntry(
        key=candidate.key,
        label=None,
        probability=drawn.probability,
        stratum=drawn.group.stratum,
        group=candidate.group,
        origin=Origin.DRAW,
        draw=key,
        seed=seed,
    )


def _rows_by_stratum(deck: Deck) -> dict[str, int]:
    counts: dict[str, int] = {}
    for asked in deck.asked:
        counts[asked.entry.stratum] = counts.get(asked.entry.stratum, 0) + 1
    return counts
