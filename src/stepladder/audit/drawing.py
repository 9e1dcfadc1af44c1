"""A random draw of whole groups, in which every candidate's chance to be drawn is known exactly.

Each group has a permanent random number, made of the seed and its name; of each stratum the
groups with the smallest numbers are taken, so many as make about the wanted rows by the mean
size of its groups. How many is fixed before any number is looked at, so that each group's
chance is the number taken over the number there is: simple random sampling without
replacement. E. Ohlsson, "Coordination of Samples Using Permanent Random Numbers", in Business
Survey Methods (1995), 153-169: draws with one seed are nested, so that a larger draw, one with
strata, or one of a file that has grown holds what fits of the earlier ones, and a candidate
that several draws could take has the largest of their chances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates that are drawn together or not at all."""

    name: str
    size: int
    """Candidates in it that could be given gold; at least 1."""
    stratum: str = ""
    """What it is compared by; groups of one stratum have the same chance."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A group that was drawn."""

    group: Group
    probability: float
    """With which it was drawn, above 0 and at most 1."""
    turn: float
    """When to ask about it, smallest first: who stops early has a smaller draw of the same kind."""


def draw_groups(groups: Sequence[Group], rows: int, seed: int) -> list[Drawn]:
    """Draw groups with about so many rows, the same number of each stratum, in order of turn.

    A stratum that has fewer rows gives all it has, and the others more. Each stratum gives one
    group at least, unless no rows are wanted. Names must be unique.
    """
    strata: dict[str, list[Group]] = {}
    for group in groups:
        strata.setdefault(group.stratum, []).append(group)
    if rows < 1:
        return []
    sizes = {name: sum(group.size for group in members) for name, members in strata.items()}
    shares = allocated(sizes, rows)
    drawn = [one for name in strata for one in _of_stratum(strata[name], shares[name], seed)]
    return sorted(drawn, key=lambda one: (one.turn, one.group.name))


def allocated(sizes: Mapping[str, int], rows: int) -> dict[str, float]:
    """Equal shares of the rows by stratum; what is more than a stratum's size goes to the rest."""
    shares: dict[str, float] = {}
    left = float(rows)
    for place, name in enumerate(sorted(sizes, key=lambda name: (sizes[name], name))):
        shares[name] = min(float(sizes[name]), left / (len(sizes) - place))
        left -= shares[name]
    return shares


def _of_stratum(members: Sequence[Group], rows: float, seed: int) -> list[Drawn]:
    mean = sum(group.size for group in members) / len(members)
    count = min(len(members), max(1, round(rows / mean)))
    numbers = {group.name: permanent_number(group.name, seed) for group in members}
    chosen = sorted(members, key=lambda group: (numbers[group.name], group.name))[:count]
    chance = count / len(members)
    return [Drawn(group, chance, numbers[group.name] / chance) for group in chosen]


def permanent_number(name: str, seed: int) -> float:
    """A group's random number, from 0 to 1; the same for ever."""
    digest = sha256(f"{seed} {name}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
