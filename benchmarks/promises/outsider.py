"""BARGAIN as its authors publish it (`pip install bargain`), where it is installed."""

from __future__ import annotations

import contextlib
import io
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.promises.rows import Delivered, Rows, judged

PACKAGE = "BARGAIN"


def is_installed() -> bool:
    """Whether it can be asked."""
    return find_spec(PACKAGE) is not None


def bargain(rows: Rows, error: float, risk: float, seed: int) -> Delivered:
    """Zeighami, Shankar and Parameswaran (2509.02896): which rows are left to the model.

    It asks for labels itself, among all rows (n), and those do not count as the model's.
    """
    models = import_module(f"{PACKAGE}.models.AbstractModels")
    process = import_module(f"{PACKAGE}.process.BARGAIN_A")
    model, oracle = _model(models.Proxy, rows), _oracle(models.Oracle)
    cascade = process.BARGAIN_A(
        model, oracle, target=1 - error, delta=risk, verbose=False, seed=seed
    )
    with contextlib.redirect_stdout(io.StringIO()):
        _, asked = cascade.process(np.arange(len(rows)), return_oracle_usage=True)
    return judged(~np.array(asked, dtype=bool), rows.wrong, error)


def _model(base: Any, rows: Rows) -> Any:
    """A model whose label of each row is 1 where it is wrong."""

    def predictions(_: Any, places: Any, __: Any) -> Any:
        at = np.asarray(places, dtype=np.int64)
        return rows.wrong[at].astype(np.int64), rows.top[at]

    made = type("Model", (base,), {"get_preds_and_scores": predictions, "reset": _nothing})
    return made(verbose=False)


def _oracle(base: Any) -> Any:
    """Somebody whose label is always 0."""

    def label(_: Any, records: Any, __: Any = None) -> Any:
        return np.zeros(len(records), dtype=np.int64)

    def is_right(_: Any, __: Any, ___: Any, outputs: Any) -> Any:
        return (np.asarray(outputs) == 0).astype(np.float64)

    methods = {"get_pred": label, "is_answer_correct": is_right, "reset": _nothing}
    return type("Oracle", (base,), methods)(verbose=False)


def _nothing(_: Any) -> None:
    pass
