"""One start of `stepladder label` in a process of its own, watched from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from stepladder.testing import FakeProvider

EVERY = 0.1
"""Seconds between two looks; the peak of memory is the system's own, and misses nothing."""
IN_FLIGHT = 64 + 2
"""Calls that may be under way at once."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one start went."""

    first_call: float
    """Seconds from the start of the process to the first request that arrived."""
    cpu_before: float
    """CPU seconds that it took until then."""
    seconds: float
    """To its end."""
    cpu: float
    """CPU seconds in all."""
    requests: int
    peak_mb: float
    """Resident memory at its peak, the pages of its libraries included."""
    in_flight: int
    """Calls that may have been under way when it was killed."""

    @property
    def described(self) -> str:
        """All in one line."""
        pace = self.requests / max(1e-9, self.seconds - self.first_call)
        return (
            f"peak {self.peak_mb:.0f} MB; first call after {self.first_call:.1f} s "
            f"({self.cpu_before:.1f} s CPU); {self.requests:,} requests in {self.seconds:.0f} s "
            f"({self.cpu:.0f} s CPU), {pace:,.0f} a second"
        )


class Watched:
    """A start that is watched by way of /proc (Linux) and the provider's counts."""

    def __init__(self, folder: Path, ending: str, provider: FakeProvider) -> None:
        self._provider = provider
        self._before = provider.stats().requests
        files = ("--task", "task.toml", "--policy", "policy.toml")
        self._log = (folder / "label.log").open("ab")
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stepladder", "label", f"reviews.{ending}", *files],
            cwd=folder,
            stdout=self._log,
            stderr=self._log,
        )

    def until(self, requests: int | None) -> Ended:
        """Wait until so many were asked and kill it, or None: until it ends by itself.

        Raises RuntimeError when it fails.
        """
        first_call = cpu_before = peak = cpu = 0.0
        asked = 0
        while self._process.poll() is None:
            asked = self._provider.stats().requests - self._before
            peak, cpu = self._memory() or peak, self._cpu() or cpu
            if asked and not first_call:
                first_call, cpu_before = time.monotonic() - self._started, cpu
            if requests is not None and asked >= requests:
                self._process.send_signal(signal.SIGKILL)
                self._process.wait()
                break
            time.sleep(EVERY)
        seconds = time.monotonic() - self._started
        self._log.close()
        code = self._process.returncode
        if code not in ({0} if requests is None else {-signal.SIGKILL}):
            raise RuntimeError(f"label ended with {code}: {Path(self._log.name).read_text()}")
        asked = self._provider.stats().requests - self._before
        lost = 0 if requests is None else IN_FLIGHT
        return Ended(first_call, cpu_before, seconds, cpu, asked, peak, lost)

    def _memory(self) -> float | None:
        """The peak so far, in MB."""
        try:
            lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        except OSError:
            return None
        peaks = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return int(peaks[0]) / 1000 if peaks else None

    def _cpu(self) -> float | None:
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
