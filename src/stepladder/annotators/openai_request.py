"""What is sent to whatever speaks the OpenAI protocol."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import orjson

from stepladder.annotators.model import LanguageModel
from stepladder.annotators.thinking import thinks_at_openai
from stepladder.task import ChatFrame, ChatPrompt, CompletionPrompt, Prompt, Style
from stepladder.types import FIRST, Draw, Source

TOP_LOGPROBS = 20
"""Alternatives by token: what OpenAI's chat, vLLM and llama.cpp give at most."""
TOP_LOGPROBS_OPENAI_COMPLETIONS = 5
"""What OpenAI's older endpoint gives at most."""


class RequestFormat:
    """How a model's prompts become request bodies at one address."""

    def __init__(self, model: LanguageModel, base_url: str, served_as: str) -> None:
        """`served_as` is the name by which that address knows the model."""
        self._model = model
        self._served_as = served_as
        self._at_openai = urlsplit(base_url).hostname == "api.openai.com"
        self._stable_messages: dict[str, tuple[orjson.Fragment, ...]] = {}
        """By variant."""

    @property
    def path(self) -> str:
        """Where the request goes, below the base URL."""
        if self._model.spec.prompt is Style.COMPLETION:
            return "/completions"
        return "/chat/completions"

    def body(self, prompt: Prompt, draw: Draw = FIRST) -> bytes:
        """The body of one request; the prompt is that of the draw's variant."""
        request = dict(self._fixed)
        match prompt:
            case ChatPrompt(messages):
                request["messages"] = [*self._stable(draw.variant), messages[-1]]
            case CompletionPrompt(text):
                request["prompt"] = text
        # Several providers refuse the word; without chance and repetition it would change nothing.
        if not self._thinks and (draw.sample or self._model.spec.temperature):
            request["seed"] = draw.sample
        return orjson.dumps(request)

    def _stable(self, variant: str) -> tuple[orjson.Fragment, ...]:
        """The messages that are the same for all candidates, as JSON."""
        found = self._stable_messages.get(variant)
        if found is None:
            frame = self._model.frame(variant)
            stable = frame.stable if isinstance(frame, ChatFrame) else ()
            found = tuple(orjson.Fragment(orjson.dumps(message)) for message in stable)
            self._stable_messages[variant] = found
        return found

    @cached_property
    def _thinks(self) -> bool:
        return self._at_openai and thinks_at_openai(self._served_as)

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """What is the same for all candidates."""
        chat = self._model.spec.prompt is Style.CHAT
        # OpenAI's chat models all know the newer word; elsewhere only the older one is sure.
        cap = "max_completion_tokens" if chat and self._at_openai else "max_tokens"
        capped = {"model": self._served_as, cap: self._model.output_cap}
        if self._thinks:
            return capped
        temperature = float(self._model.spec.temperature)
        return {**capped, "temperature": temperature, **self._for_style()}

    def _for_style(self) -> dict[str, Any]:
        wants = self._model.spec.confidence is Source.TOKEN_PROBABILITIES
        if self._model.spec.prompt is Style.CHAT:
            return {"logprobs": True, "top_logprobs": TOP_LOGPROBS} if wants else {}
        most = TOP_LOGPROBS_OPENAI_COMPLETIONS if self._at_openai else TOP_LOGPROBS
        return {"stop": ["\n"], **({"logprobs": most} if wants else {})}
