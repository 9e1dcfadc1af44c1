from __future__ import annotations

import pytest

from stepladder.annotators.slots import FIRST_WINDOW, OPENED_BY, Slots


async def open_now(slots: Slots) -> int:
    """How many can be taken without waiting; takes them all."""
    taken = 0
    while not slots.locked():
        await slots.acquire()
        taken += 1
    return taken


@pytest.mark.parametrize("most", [1, 8, 12])
async def test_a_few_are_open_at_first(most: int) -> None:
    assert await open_now(Slots(most)) == min(most, FIRST_WINDOW)


async def test_answers_open_one_after_the_other_up_to_the_most() -> None:
    slots = Slots(FIRST_WINDOW + 2)
    assert await open_now(slots) == FIRST_WINDOW
    opened = []
    for _ in range(4):
        for _ in range(OPENED_BY):
            slots.answered()
        opened.append(await open_now(slots))
    assert opened == [1, 1, 0, 0]
