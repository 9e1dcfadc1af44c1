"""One call of `stepladder simulate`: read, replay, price, and say what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.failing import complain
from stepladder.cli.output import check_output
from stepladder.cli.screen import print_json, screen
from stepladder.cli.simulate_figures import simulated_figures
from stepladder.cli.simulate_lines import print_simulated, warnings_of
from stepladder.cli.simulate_request import SimulateRequest
from stepladder.engine.frozen import frozen_fit
from stepladder.errors import PriceError, UserError
from stepladder.policy import Policy, load_policy
from stepladder.policy.load import policy_folder
from stepladder.recording import Recording
from stepladder.report.frontier import Dot, Marked, check_picture, draw_frontier
from stepladder.simulate import Scenario, Simulated, Simulation, figures, simulate
from stepladder.simulate.decisions import decisions
from stepladder.simulate.points import Point, alone, frontier, oracle
from stepladder.tables import DecisionWriter, check_decisions
from stepladder.task import load_task


@dataclass(frozen=True, slots=True)
class Tried:
    """One policy at some prices."""

    simulation: Simulation
    scenario: Scenario
    simulated: Simulated


def carry_out(request: SimulateRequest, *, json: bool) -> None:
    """The whole command; raises UserError for what can be mended."""
    _check(request)
    task = load_task(request.task) if request.task else None
    recording = Recording.open(request.recording, task)
    tried = list(_try_all(request, recording))
    for warning in warnings_of(recording, [one.simulation for one in tried]):
        complain("warning", warning)
    found = [one.simulated for one in tried]
    if json:
        print_json(simulated_figures(request, recording, found))
    else:
        print_simulated(screen(), recording, found)
    if request.out is not None:
        with DecisionWriter(request.out) as writer:
            writer.rewrite(decisions(tried[0].simulation, tried[0].scenario))
    if request.plot is not None:
        draw_frontier(
            list(_marked(tried)), request.plot, f"{recording.task.name}: cost and accuracy"
        )


def _check(request: SimulateRequest) -> None:
    if request.plot is not None:
        check_picture(request.plot)
    several = len(request.policies) > 1 or len(request.prices) > 1
    if request.out is not None and several:
        raise UserError("--out: decisions are of one policy at one price table; name only one")
    if request.out is not None:
        check_decisions(request.out)
        check_output(request.out, None, request.files)


def _try_all(request: SimulateRequest, recording: Recording) -> Iterator[Tried]:
    for path in request.policies:
        policy = load_policy(path)
        scenarios = request.scenarios(path, policy)
        for scenario in scenarios:
            # An unknown price is said before anything is worked out.
            _check_prices(scenario, policy)
        simulation = _simulation(request, path, policy, recording)
        for scenario in scenarios:
            yield Tried(simulation, scenario, figures(simulation, scenario))


def _check_prices(scenario: Scenario, policy: Policy) -> None:
    try:
        scenario.rates(policy)
    except PriceError as problem:
        raise PriceError(f"{problem} Or give --at a day, or --prices a file.") from None


def _simulation(
    request: SimulateRequest, path: Path, policy: Policy, recording: Recording
) -> Simulation:
    frozen = frozen_fit(policy, policy_folder(path), recording.task.label_names)
    return simulate(recording, policy, seed=request.seed, frozen=frozen)


def _marked(tried: Sequence[Tried]) -> Iterator[Dot]:
    """Everything that is drawn; machines alone and the oracle once for each price table."""
    shown: list[Point] = []
    for one in tried:
        found = one.simulated
        if found.accuracy is not None:
            name = f"{found.name} ({found.scenario})" if len(tried) > 1 else found.name
            interval = found.accuracy.interval
            point = Point(name, found.usd_per_candidate, found.accuracy.value)
            shown.append(point)
            yield Dot(Marked.POLICY, point, interval)
        for point in alone(one.simulation, one.scenario):
            yield Dot(Marked.ALONE, point)
            shown.append(point)
        if (best := oracle(one.simulation, one.scenario)) is not None:
            yield Dot(Marked.ORACLE, best)
    for point in frontier(shown):
        yield Dot(Marked.FRONTIER, point)
