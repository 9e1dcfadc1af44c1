"""Any model string that litellm knows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from stepladder.annotators.base import Answer
from stepladder.annotators.litellm_client import check_provider, import_litellm, missing_keys
from stepladder.annotators.litellm_failure import litellm_failure
from stepladder.annotators.model import LanguageModel
from stepladder.annotators.model_annotator import ModelAnnotator
from stepladder.annotators.openai import api_key
from stepladder.annotators.openai_reply import read_reply
from stepladder.annotators.openai_request import TOP_LOGPROBS, TOP_LOGPROBS_OPENAI_COMPLETIONS
from stepladder.errors import TimedOutError, UserError
from stepladder.policy import LitellmSpec
from stepladder.task import ChatPrompt, CompletionPrompt, Prompt, Style, Task
from stepladder.types import FIRST, Candidate, Draw, Source

GRACE = 5.0
"""Seconds beyond its timeout after which litellm is not waited for: not every provider keeps it."""


class LitellmAnnotator(ModelAnnotator):
    """A model behind litellm: every provider, at more CPU per call; one `ask` is one request."""

    def __init__(
        self,
        spec: LitellmSpec,
        task: Task,
        name: str,
        *,
        encoding: str | None = None,
        context: int | None = None,
    ) -> None:
        """`encoding` and `context` are those of the model's price, where it knows them."""
        self._spec = spec
        self._model = LanguageModel(
            spec,
            task,
            name,
            identity=(spec.kind, spec.model, (spec.api_base or "").rstrip("/")),
            encoding=encoding,
            context=context,
        )
        self._litellm: Any = None
        self._key = ""
        self._fixed: Mapping[str, Any] = {}

    async def open(self) -> None:
        """Import litellm and find the key.

        Raises MissingExtraError without litellm, PolicyError for a model of no
        provider, UserError when the key is missing.
        """
        if self._litellm is not None:
            return
        litellm = await asyncio.to_thread(import_litellm)
        check_provider(litellm, self.name, self._spec.model)
        self._key = self._find_key(litellm)
        self._fixed = self._parameters(litellm)
        self._litellm = litellm

    async def close(self) -> None:
        """Nothing to let go of: litellm shares its connections with the whole process."""
        self._litellm = None

    def _find_key(self, litellm: Any) -> str:
        """The key to send; empty to leave it to litellm."""
        variable = self._spec.api_key_env
        if variable == "":
            return "none"
        if variable is not None:
            return api_key(self.name, variable)
        if missing := missing_keys(litellm, self._spec.model):
            raise UserError(
                f"annotators.{self.name}: environment variable {' or '.join(missing)} "
                "holds no API key; set it, or name another one as api_key_env, "
                "or an empty one for a server without keys"
            )
        return ""

    def _parameters(self, litellm: Any) -> Mapping[str, Any]:
        """What is the same for all candidates; only what the provider supports."""
        given = {
            "model": self._spec.model,
            "max_tokens": self._model.output_cap,
            "temperature": float(self._spec.temperature),
            "timeout": float(self._spec.timeout),
            # Retrying is ours, so that every attempt is paid for and recorded.
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            **({"api_base": self._spec.api_base} if self._spec.api_base else {}),
            **({"api_key": self._key} if self._key else {}),
        }
        supported = set(litellm.get_supported_openai_params(self._spec.model) or ())
        return {**given, **self._for_style(supported)}

    def _for_style(self, supported: set[str]) -> dict[str, Any]:
        wants = self._spec.confidence is Source.TOKEN_PROBABILITIES
        given = wants and {"logprobs", "top_logprobs"} <= supported
        if self._spec.prompt is Style.CHAT:
            return {"logprobs": True, "top_logprobs": TOP_LOGPROBS} if given else {}
        return {"stop": ["\n"], **({"logprobs": TOP_LOGPROBS_OPENAI_COMPLETIONS} if given else {})}

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Answer:
        """One request; raises AnnotatorError when it fails."""
        if self._litellm is None:
            raise RuntimeError(f"annotator {self.name!r} is not open")
        prompt = self._model.prompt(candidate, draw)
        self._model.check_fits(prompt, draw)
        reply = read_reply(_with_refusal(await self._post(prompt, draw)))
        return self._model.answer(candidate, reply, draw=draw)

    async def _post(self, prompt: Prompt, draw: Draw) -> dict[str, Any]:
        chance = {"seed": draw.sample} if draw.sample or self._spec.temperature else {}
        seconds = float(self._spec.timeout)
        try:
            async with asyncio.timeout(seconds + GRACE):
                reply = await self._call(prompt, {**self._fixed, **chance})
        except TimeoutError:
            late = f"no answer within {seconds:g} seconds"
            raise TimedOutError(f"{self._spec.model}: {late}", heard=False) from None
        except Exception as problem:
            raise litellm_failure(problem, self._spec.model, self._key) from problem
        dumped: dict[str, Any] = reply.model_dump()
        return dumped

    async def _call(self, prompt: Prompt, parameters: Mapping[str, Any]) -> Any:
        match prompt:
            case ChatPrompt(messages):
                turns = [{"role": m.role, "content": m.content} for m in messages]
                return await self._litellm.acompletion(messages=turns, **parameters)
            case CompletionPrompt(text):
                return await self._litellm.atext_completion(prompt=text, **parameters)


def _with_refusal(reply: dict[str, Any]) -> dict[str, Any]:
    """The reply with OpenAI's refusal where OpenAI has it: litellm moves it aside."""
    for choice in reply.get("choices") or ():
        message = choice.get("message")
        if isinstance(message, dict):
            aside = message.get("provider_specific_fields") or {}
            message.setdefault("refusal", aside.get("refusal"))
    return reply
