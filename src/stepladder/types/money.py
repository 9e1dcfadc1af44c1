"""Money as integers: 1 USD is 10**12 pico-USD, so that sums are exact everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

EXACT = Context(prec=100, Emax=99, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic that fails rather than rounds, whatever the thread's own context is."""


@dataclass(frozen=True, slots=True, order=True)
class Usd:
    """An exact amount of US dollars."""

    pico: int
    """The amount in pico-USD (10**-12 USD)."""

    @classmethod
    def of(cls, amount: Decimal | int | str) -> Usd:
        """The amount in USD as `Usd`; raises ValueError when finer than a pico-USD."""
        try:
            scaled = EXACT.scaleb(Decimal(amount), 12)
            return cls(int(EXACT.to_integral_exact(scaled)))
        except (ArithmeticError, ValueError):
            raise ValueError(
                f"{amount} USD is not a whole number of pico-USD (10**-12 USD)"
            ) from None

    @property
    def decimal(self) -> Decimal:
        """The amount in USD, exact."""
        digits = tuple(int(digit) for digit in str(abs(self.pico)))
        return Decimal((int(self.pico < 0), digits, -12))

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.pico + other.pico)

    def __sub__(self, other: Usd) -> Usd:
        return Usd(self.pico - other.pico)

    def __mul__(self, times: int) -> Usd:
        return Usd(self.pico * times)

    def __bool__(self) -> bool:
        return self.pico != 0

    def __str__(self) -> str:
        return f"{self.plain} USD"

    @property
    def plain(self) -> str:
        """The amount in USD as plain digits, exact, with at least two decimals."""
        whole, _, fraction = f"{self.decimal:f}".partition(".")
        return f"{whole}.{fraction.rstrip('0'):0<2}"

    @property
    def rounded(self) -> str:
        """The amount for people to read: two decimals, or three digits of a smaller one."""
        amount = self.decimal
        if abs(amount) >= 1 or not amount:
            return f"{amount:.2f}"
        digits = max(2, 2 - amount.adjusted())
        whole, _, fraction = f"{amount:.{digits}f}".partition(".")
        return f"{whole}.{fraction.rstrip('0'):0<2}"


NOTHING = Usd(0)
"""No money at all."""


def total(amounts: Iterable[Usd]) -> Usd:
    """The exact sum of the amounts."""
    return Usd(sum(amount.pico for amount in amounts))
