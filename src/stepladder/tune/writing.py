"""A tuned policy on the disk: a policy file, and what was learnt beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from stepladder.engine.frozen import digest_of
from stepladder.policy import Evidence, Fitted, Policy, Promised
from stepladder.tables.replacing import plain_errors, replacing
from stepladder.tune.promise import Promise
from stepladder.tune.tuned import Chosen, Tuned

DIGITS = Decimal("1e-6")
"""To which shares are written."""
PICO = Decimal("1e-12")
"""To which USD are written."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a tuned policy lies."""

    policy: Path
    fit: Path | None
    """None where no machine is asked."""


def fit_path(out: Path) -> Path:
    """Where what was learnt lies, beside the policy."""
    return out.with_name(f"{out.stem}.fit.json")


def write(
    out: Path,
    tuned: Tuned,
    chosen: Chosen,
    goal: str,
    promise: Promise | None,
    seed: int,
    digest: str,
) -> Written:
    """Both files, the fit first; raises TableError where that fails.

    `digest` is that of the recording.
    """
    policy, fit = chosen.policy, None
    if chosen.frozen is not None:
        fit, content = fit_path(out), chosen.frozen.written()
        _write(fit, content)
        policy = policy.model_copy(
            update={"fitted": Fitted(file=fit.name, sha256=digest_of(content))}
        )
    evidence = _evidence(tuned, chosen, goal, promise, seed, digest)
    _write(out, text_of(policy.model_copy(update={"evidence": evidence})).encode())
    return Written(out, fit)


def text_of(policy: Policy) -> str:
    """The policy as TOML; what goes without saying is left out."""
    import tomli_w

    plain = policy.model_dump(mode="python", exclude_defaults=True)
    return tomli_w.dumps(_plain(plain))


def _plain(value: Any) -> Any:
    """Values as TOML knows them."""
    match value:
        case dict():
            return {str(k): _plain(v) for k, v in value.items() if v is not None}
        case list() | tuple():
            return [_plain(item) for item in value]
        case str():
            return str(value)
    return value


def _write(path: Path, content: bytes) -> None:
    with plain_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(content)


def _evidence(
    tuned: Tuned, chosen: Chosen, goal: str, promise: Promise | None, seed: int, digest: str
) -> Evidence:
    measured = chosen.measured
    accuracy = measured.accuracy
    interval = None if accuracy is None else accuracy.interval
    accepted = measured.labelled - measured.by_people
    return Evidence(
        goal=goal,
        recording=digest,
        seed=seed,
        rows=tuned.rows,
        groups=tuned.groups,
        taught=tuned.taught,
        tested=tuned.tested,
        usd_per_candidate=Decimal(measured.usd_per_candidate).quantize(PICO, ROUND_HALF_EVEN),
        accuracy=_share(0.0 if accuracy is None else accuracy.value),
        accuracy_low=_share(0.0 if interval is None else interval.low),
        accuracy_high=_share(1.0 if interval is None else interval.high),
        accepted=_share(accepted / max(1, measured.candidates)),
        measured_on=chosen.measured_on,
        promise=None
        if promise is None or not chosen.promised
        else _promised(tuned, chosen, promise),
    )


def _promised(tuned: Tuned, chosen: Chosen, promise: Promise) -> Promised:
    return Promised(
        error=_share(promise.error),
        of=promise.of.value,
        confidence=_share(promise.confidence),
        method=chosen.method.value,
        rest_groups=tuned.rest_groups,
    )


def _share(value: float) -> Decimal:
    return min(Decimal(1), max(Decimal(0), Decimal(value).quantize(DIGITS, ROUND_HALF_EVEN)))
