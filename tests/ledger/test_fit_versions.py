"""Fits are numbered as they came, and the same one again is no other version."""

from __future__ import annotations

from contextlib import closing

from ledger_cases import RUN, Place, opened, url_of

from stepladder.ledger import connect
from stepladder.ledger.fit_versions import fit_versions

pytest_plugins = ("ledger_homes",)


async def test_every_key_is_a_version_of_its_run(home: Place) -> None:
    with closing(opened(home)) as ledger:
        await ledger.add_fit("first", "{}", '[["r1", "label"], ["r2", "label"]]')
        await ledger.add_fit("second", "{}", "[]")
    with closing(opened(home)) as ledger:
        await ledger.add_fit("first", "{}", '[["r1", "label"], ["r2", "label"]]')
    with closing(opened(home, name="another")) as ledger:
        await ledger.add_fit("third", "{}", "[]")
    engine = connect(url_of(home))
    try:
        found = fit_versions(engine, RUN.name)
        assert [(one.number, one.key, one.rows) for one in found] == [
            (1, "first", 2),
            (2, "second", 0),
        ]
        assert [one.key for one in fit_versions(engine, "another")] == ["third"]
        assert fit_versions(engine, "nobody") == ()
    finally:
        engine.dispose()
