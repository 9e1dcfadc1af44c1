"""litellm, imported late and kept quiet."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from stepladder.errors import MissingExtraError, PolicyError

LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
WARNINGS = (r".*`ReadOnly` qualifier", r"Pydantic serializer warnings")
"""What pydantic says about litellm's own classes, in the middle of a run."""


def import_litellm() -> Any:
    """The litellm module, which takes seconds; raises MissingExtraError when it is missing."""
    # Its price map would otherwise be fetched from the network.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            litellm: Any = import_module("litellm")
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] != "litellm":
            raise
        raise MissingExtraError(
            "annotators of kind 'litellm' need litellm; pip install 'stepladder[litellm]'"
        ) from None
    litellm.suppress_debug_info = True
    # The other transport complains on the terminal about sessions that nothing closes.
    litellm.disable_aiohttp_transport = True
    for message in WARNINGS:
        warnings.filterwarnings("ignore", message=message, category=UserWarning)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm


def check_provider(litellm: Any, annotator: str, model: str) -> None:
    """Raise PolicyError for a model string that names no provider."""
    try:
        litellm.get_llm_provider(model)
    except Exception:
        raise PolicyError(
            f"annotators.{annotator}: litellm knows no provider for model {model!r}; "
            "write provider/model, such as anthropic/claude-haiku-4-5"
        ) from None


def missing_keys(litellm: Any, model: str) -> Sequence[str]:
    """Environment variables any one of which would hold the key; empty where one is not needed.

    Only of providers that know keys alone: clouds find their credentials in more
    places than the environment.
    """
    missing: list[str] = litellm.validate_environment(model)["missing_keys"]
    return missing if all(name.endswith("_API_KEY") for name in missing) else ()
