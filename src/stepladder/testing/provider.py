"""A fake provider in a process of its own: a real HTTP server, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import orjson

from stepladder.testing.behaviour import Behaviour
from stepladder.testing.bill import Bill, Purchase
from stepladder.testing.faults import Fault
from stepladder.testing.interruptions import Outage, SlowStart
from stepladder.testing.latency import Latency
from stepladder.testing.limits import Limits
from stepladder.testing.process import Process
from stepladder.testing.recording import Recording
from stepladder.testing.stats import Stats


class FakeProvider:
    """Speaks the OpenAI protocol on a free loopback port, for as long as the `with` block lasts.

    ::

        with FakeProvider(
            labels=["yes", "no"],
            seed=1,
            faults={Fault.RATE_LIMITED: 0.1, Fault.HANGING: 0.01, Fault.USAGE_MISSING: 0.2},
            latency=LogNormal(median=0.3, sigma=0.5),
            limits=Limits(requests_per_minute=600, tokens_per_minute=90_000),
        ) as provider:
            ...  # a policy with kind = "openai" and base_url = provider.base_url
            assert provider.stats().requests == 20
            assert provider.bill().cost(price) == spend

    The same seed gives the same answers, token probabilities, faults and latencies,
    whatever the order of the requests; another request for the same prompt is
    another attempt and may meet another fate. Limits and outages go by the clock.

    It ends with the process that made it, even when that is killed. It does not
    end with its client: start it in the test, kill the run, and ask it for its bill.
    """

    def __init__(
        self,
        labels: Sequence[str],
        *,
        seed: int = 0,
        script: Mapping[str, str] | None = None,
        recording: Recording | None = None,
        faults: Mapping[Fault, float] | None = None,
        retry_after: float | None = None,
        latency: Latency = 0.0,
        limits: Limits | None = None,
        slow_start: SlowStart | None = None,
        outage: Outage | None = None,
        cached: float = 0.0,
        reasoning: int = 0,
        keep_purchases: bool = False,
        port: int = 0,
    ) -> None:
        """What the arguments mean stands at the fields of Behaviour; `port` 0 takes a free one.

        Raises ValueError for shares that are none and times that cannot be.
        """
        self.behaviour = Behaviour(
            labels=tuple(labels),
            seed=seed,
            script=dict(script or {}),
            recording=recording,
            faults=dict(faults or {}),
            retry_after=retry_after,
            latency=latency,
            limits=limits,
            slow_start=slow_start,
            outage=outage,
            cached=cached,
            reasoning=reasoning,
            keep_purchases=keep_purchases,
        )
        self._process = Process(port)

    @property
    def base_url(self) -> str:
        """Where the protocol's paths begin, such as `http://127.0.0.1:40321/v1`; empty before
        the start."""
        return self._process.addresses.base_url

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it listens; raises RuntimeError when it does not."""
        self._process.start(self.behaviour.to_json())

    def stop(self) -> None:
        """End the process; safe to call twice."""
        self._process.stop()

    def start_over(self, **changes: Any) -> None:
        """Behave as if just started, with changes by argument name: counts, bill, limits, times.

        A hundredth of the time that a new process takes. Open connections are reset.
        Raises ValueError as the constructor does, and OSError when it does not run.
        """
        self.behaviour = replace(self.behaviour, **changes)
        self._process.tell("/behaviour", self.behaviour.to_json())

    def stats(self) -> Stats:
        """What it was asked and what it charged so far; raises OSError when it does not run."""
        return Stats(**orjson.loads(self._process.ask("/stats")))

    def bill(self) -> Bill:
        """Tokens by kind that it charged so far; raises OSError when it does not run."""
        return Bill.from_json(self._process.ask("/bill"))

    def purchases(self) -> tuple[Purchase, ...]:
        """Every prompt charged, with how often; needs `keep_purchases=True`, or ValueError."""
        if not self.behaviour.keep_purchases:
            raise ValueError("nothing was kept; start the provider with keep_purchases=True")
        return tuple(
            Purchase.from_json(one) for one in orjson.loads(self._process.ask("/purchases"))
        )
