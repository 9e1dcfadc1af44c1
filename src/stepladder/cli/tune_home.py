"""A tuned policy at its own place: from there it finds its files, and pays by the given prices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stepladder.cli.today import today
from stepladder.cli.tune_request import TuneRequest
from stepladder.errors import PriceError
from stepladder.policy import HumanSpec, Policy, moved, moved_path
from stepladder.pricing import PriceBook
from stepladder.simulate import Scenario


def at_home(request: TuneRequest, policy: Policy) -> Policy:
    """The policy as it is to lie at `--out`, with the table that `--prices` named."""
    home = moved(policy, request.searched.folder, request.out.parent)
    if request.searched.prices is None:
        return home
    names = (moved_path(str(request.searched.prices), Path(), request.out.parent), *home.prices)
    return home.model_copy(update={"prices": tuple(_together(request.out.parent, names))})


def unsaid_at_home(request: TuneRequest, policy: Policy) -> Iterator[str]:
    """What the policy was tuned for and its file does not say: warnings."""
    home = at_home(request, policy)
    given = request.searched.prices
    for name in moved(policy, request.searched.folder, request.out.parent).prices:
        if name not in home.prices:
            yield (
                f"{request.out}: pays by {given} alone: {name} has prices of its own for the same "
                "models; name it under 'prices' instead to go back to them"
            )
    if request.searched.policy is None:
        yield (
            f"{request.out}: repeats the votes of {request.searched.recording}; to label other "
            "candidates, tune with --policy P.toml, which describes how the annotators are asked, "
            "and what may be spent"
        )
    elif request.searched.day != today():
        yield from _unpriced_today(request, home)
    people = [spec for spec in policy.annotators.values() if isinstance(spec, HumanSpec)]
    if request.searched.human_price is not None and people:
        yield (
            f"{request.out}: people are paid by the wage table's {people[0].wage!r}, not by "
            "--human-price; write a [[wage]] of that name into a price table of your own"
        )


def _unpriced_today(request: TuneRequest, policy: Policy) -> Iterator[str]:
    book = PriceBook.load([request.out.parent / name for name in policy.prices])
    try:
        Scenario(book, today()).rates(policy)
    except PriceError as problem:
        yield f"{request.out}: cannot be run today: {problem}"


def _together(folder: Path, names: tuple[str, ...]) -> Iterator[str]:
    """The first, and those after it that do not price the same days anew."""
    kept: list[str] = []
    for name in dict.fromkeys(names):
        try:
            PriceBook.load([folder / one for one in (*kept, name)])
        except PriceError:
            continue
        kept.append(name)
        yield name
