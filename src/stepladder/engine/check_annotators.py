"""Prices, keys, files and servers of a policy's annotators, one by one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from stepladder.annotators.base import Annotator
from stepladder.engine.findings import Findings
from stepladder.engine.frozen import frozen_fit
from stepladder.engine.rates import Rate, TokenRate, rates_of
from stepladder.engine.setup import Setup
from stepladder.errors import MissingExtraError, PriceError
from stepladder.policy import (
    HumanSpec,
    LocalSpec,
    OpenAISpec,
    Policy,
    Tier,
    confidence_of,
    draws_of,
)
from stepladder.pricing import PriceBook
from stepladder.strict_toml import located
from stepladder.task import Task


@dataclass(frozen=True, slots=True)
class _Hired:
    annotator: Annotator
    rate: Rate


async def check_annotators(
    task: Task, policy: Policy, path: Path, folder: Path, day: date, findings: Findings
) -> Setup | None:
    """The setup, unless an annotator cannot be used; `path` is the policy's file.

    `folder` is where its relative paths begin. Every annotator is looked at, also after
    one that cannot be used.
    """
    try:
        book = PriceBook.load([folder / name for name in policy.prices])
    except PriceError as problem:
        findings.error(str(problem))
        return None
    hired: dict[str, _Hired] = {}
    asked = dict.fromkeys(name for tier in policy.tiers for name in tier.ask)
    for name in asked:
        with findings.catching(located(path, ("annotators", name)), drop=f"annotators.{name}: "):
            hired[name] = _hire(name, task, policy, folder, book, day)
            _warn_of_retirement(name, hired[name].rate, path, findings)
            _warn_of_absence(name, policy, path, folder, findings)
            await _try(policy.annotators[name], hired[name].annotator)
    drawn = [name for name in asked if _check_draws(name, task, policy, path, findings)]
    await _reach(policy, list(asked), path, findings)
    if hired.keys() != asked.keys() or len(drawn) < len(asked):
        return None
    with findings.catching(str(path), drop="fitted.file: "):
        annotators = {name: one.annotator for name, one in hired.items()}
        rates = {name: one.rate for name, one in hired.items()}
        frozen = frozen_fit(policy, folder, task.label_names)
        return Setup(task, policy, annotators, rates, frozen)
    return None


def _hire(
    name: str, task: Task, policy: Policy, folder: Path, book: PriceBook, day: date
) -> _Hired:
    # Brings the annotators' clients, so that whoever only reads findings need not wait.
    from stepladder.annotators.build import build_annotators

    tier = Tier(name="alone", ask=(name,), confidence=confidence_of(policy, name))
    alone = policy.model_copy(update={"tiers": (tier,)})
    rate = rates_of(alone, book, day)[name]
    prices = {name: rate.price} if isinstance(rate, TokenRate) else {}
    return _Hired(build_annotators(alone, task, folder, prices)[name], rate)


def _check_draws(name: str, task: Task, policy: Policy, path: Path, findings: Findings) -> bool:
    """Whether it can be asked as often as its tier needs; a warning where that is less often."""
    tier = next(n for n, one in enumerate(policy.tiers) if name in one.ask)
    where = located(path, ("tiers", str(tier), "confidence"))
    with findings.catching(where):
        draws, wanted = draws_of(policy, task, name), policy.tiers[tier].confidence
        if wanted is not None and wanted.drawn and len(draws) < wanted.draws:
            findings.warn(
                f"{where}: {name!r} is asked {len(draws)} times, not {wanted.draws}: the task has "
                f"no more variants of kind {' or '.join(wanted.vary)}; add paraphrases or examples"
            )
        return True
    return False


async def _try(spec: object, annotator: Annotator) -> None:
    """Open and close it: this looks up keys and reads files. A local server is not started."""
    if isinstance(spec, LocalSpec):
        _check_local()
        return
    try:
        await annotator.open()
    finally:
        await annotator.close()


def _check_local() -> None:
    if find_spec("xllamacpp") is None:
        raise MissingExtraError("local models need xllamacpp; pip install 'stepladder[local]'")


def _warn_of_retirement(name: str, rate: Rate, path: Path, findings: Findings) -> None:
    if isinstance(rate, TokenRate) and rate.price.retired:
        findings.warn(
            f"{located(path, ('annotators', name))}: model {rate.price.model!r} is retired and "
            "may not answer any more; name a newer one"
        )


def _warn_of_absence(
    name: str, policy: Policy, path: Path, folder: Path, findings: Findings
) -> None:
    spec = policy.annotators[name]
    if isinstance(spec, HumanSpec) and spec.answers and not (folder / spec.answers).exists():
        findings.warn(
            f"{located(path, ('annotators', name))}: {folder / spec.answers} is not there yet; "
            "whoever climbs to this person waits"
        )


async def _reach(policy: Policy, asked: list[str], path: Path, findings: Findings) -> None:
    from stepladder.engine.reachable import silence_of

    specs = {name: policy.annotators[name] for name in asked}
    online = {name: spec for name, spec in specs.items() if isinstance(spec, OpenAISpec)}
    silences = await asyncio.gather(*(silence_of(spec) for spec in online.values()))
    for name, silence in zip(online, silences, strict=True):
        if silence is not None:
            findings.warn(f"{located(path, ('annotators', name))}: {silence}")
