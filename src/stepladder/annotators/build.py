"""A policy's annotators, ready to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, assert_never

from stepladder.annotators.base import Annotator
from stepladder.annotators.function import FunctionAnnotator, LabelFunction
from stepladder.annotators.human import HumanAnnotator
from stepladder.annotators.recorded import RecordedAnnotator
from stepladder.annotators.scripted import ScriptedAnnotator
from stepladder.errors import PolicyError
from stepladder.nearest import did_you_mean
from stepladder.policy import (
    AnnotatorSpec,
    CustomSpec,
    HumanSpec,
    LitellmSpec,
    LocalSpec,
    OpenAISpec,
    Policy,
    RecordedSpec,
    ScriptedSpec,
    asked_as,
)
from stepladder.task import Task

if TYPE_CHECKING:
    from stepladder.pricing.price import Price

Custom = Mapping[str, Annotator | LabelFunction]
"""Annotators that the user's own code passes in, or functions to make them of."""
NO_CUSTOM: Custom = MappingProxyType({})


def build_annotators(
    policy: Policy,
    task: Task,
    policy_dir: Path,
    prices: Mapping[str, Price],
    custom: Custom = NO_CUSTOM,
) -> dict[str, Annotator]:
    """The annotators that some tier asks, by name, without wrappers and not opened yet.

    `policy_dir` is where the policy's relative paths begin; `prices` are those of
    the models, by annotator; `custom` holds those of kind custom, as annotators or
    plain functions. Raises PolicyError when `custom` does not fit the policy.
    """
    _check_custom(policy, custom)
    asked = dict.fromkeys(name for tier in policy.tiers for name in tier.ask)
    return {
        name: _build(name, asked_as(policy, name), task, policy_dir, prices, custom)
        for name in asked
    }


def _build(
    name: str,
    spec: AnnotatorSpec,
    task: Task,
    policy_dir: Path,
    prices: Mapping[str, Price],
    custom: Custom,
) -> Annotator:
    match spec:
        case OpenAISpec() | LitellmSpec() | LocalSpec():
            return _model(name, spec, task, policy_dir, prices[name])
        case HumanSpec(answers=answers):
            return HumanAnnotator(name, task, policy_dir / answers if answers else None)
        case ScriptedSpec(answers=script):
            return ScriptedAnnotator(name, script, task)
        case RecordedSpec(recording=recording, annotator=annotator):
            return RecordedAnnotator(name, policy_dir / recording, annotator, task)
        case CustomSpec():
            return _custom(name, task, custom)
        case _:
            assert_never(spec)


def _model(
    name: str,
    spec: OpenAISpec | LitellmSpec | LocalSpec,
    task: Task,
    policy_dir: Path,
    price: Price,
) -> Annotator:
    encoding, context = price.encoding, price.context
    # Imported here: each brings a client of its own, and a run needs few of them.
    match spec:
        case OpenAISpec():
            from stepladder.annotators.openai import OpenAIAnnotator

            return OpenAIAnnotator(spec, task, name, encoding=encoding, context=context)
        case LitellmSpec():
            from stepladder.annotators.through_litellm import LitellmAnnotator

            return LitellmAnnotator(spec, task, name, encoding=encoding, context=context)
        case LocalSpec():
            from stepladder.annotators.local import LocalAnnotator

            return LocalAnnotator(
                spec, task, name, encoding=encoding, context=context, beside=policy_dir
            )
        case _:
            assert_never(spec)


def _custom(name: str, task: Task, custom: Custom) -> Annotator:
    given = custom.get(name)
    if given is None:
        raise PolicyError(
            f"annotators.{name}: of kind 'custom', and none was passed; "
            f"pass Oracle.from_files(…, annotators={{{name!r}: your_function}})"
        )
    if isinstance(given, type):
        raise PolicyError(
            f"annotators.{name}: {given.__name__} is a class; pass {given.__name__}(…)"
        )
    if not isinstance(given, Annotator):
        return FunctionAnnotator(name, given, task)
    if given.name != name:
        raise PolicyError(f"annotators.{name}: the one passed is named {given.name!r}; rename one")
    return given


def _check_custom(policy: Policy, custom: Custom) -> None:
    of_kind = [n for n, spec in policy.annotators.items() if isinstance(spec, CustomSpec)]
    for name in custom:
        if name in policy.annotators and name not in of_kind:
            kind = policy.annotators[name].kind
            raise PolicyError(f"annotators.{name}: of kind {kind!r}; only 'custom' can be passed")
        if name not in of_kind:
            raise PolicyError(
                f"{name!r} was passed and is not among the policy's annotators; "
                f"{did_you_mean(name, of_kind)}"
            )
