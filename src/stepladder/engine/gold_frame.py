"""What candidates to be given gold are drawn from: the groups of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from stepladder.audit.drawing import Group
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import CandidateKey


@dataclass(frozen=True, slots=True)
class Frame:
    """The groups of a file that have candidates without gold, and what gold the file has."""

    sizes: Mapping[str, int]
    """Candidates without gold, by group."""
    firsts: Mapping[str, CandidateKey]
    """The first of them, by group."""
    by_label: Mapping[str, int]
    """The file's own gold: rows by label."""
    digest: str
    """Of every candidate's key and group, and whether it has gold."""

    @property
    def gold(self) -> int:
        """Rows with gold in the file."""
        return sum(self.by_label.values())

    def groups(self, strata: Mapping[str, str]) -> list[Group]:
        """The groups, each in its stratum; those that have none share one without a name."""
        return [Group(name, size, strata.get(name, "")) for name, size in self.sizes.items()]


def frame_of(candidates: CandidatesFile) -> Frame:
    """Read the file once; raises TableError for a bad row."""
    sizes: Counter[str] = Counter()
    firsts: dict[str, CandidateKey] = {}
    by_label: Counter[str] = Counter()
    read = sha256()
    for candidate in candidates:
        group = candidate.group
        seen = (*candidate.key, group, candidate.gold is None)
        read.update(repr(seen).encode(errors="surrogatepass"))
        if candidate.gold is None:
            sizes[group] += 1
            firsts.setdefault(group, candidate.key)
        else:
            by_label[candidate.gold] += 1
    return Frame(sizes, firsts, by_label, read.hexdigest())
