"""The direct path to whatever speaks the OpenAI protocol at a base URL."""

from __future__ import annotations

import os

from stepladder.annotators.base import Answer
from stepladder.annotators.model import LanguageModel
from stepladder.annotators.model_annotator import ModelAnnotator
from stepladder.annotators.openai_connection import Connection
from stepladder.annotators.openai_failure import Endpoint
from stepladder.annotators.openai_reply import parse_reply
from stepladder.annotators.openai_request import RequestFormat
from stepladder.errors import UserError
from stepladder.policy import OpenAISpec
from stepladder.task import Task
from stepladder.types import FIRST, Candidate, Draw


class OpenAIAnnotator(ModelAnnotator):
    """A model at OpenAI, vLLM, llama.cpp, TGI, Ollama and the like; one `ask` is one request."""

    def __init__(
        self,
        spec: OpenAISpec,
        task: Task,
        name: str,
        *,
        encoding: str | None = None,
        context: int | None = None,
    ) -> None:
        """`encoding` and `context` are those of the model's price, where it knows them."""
        self._spec = spec
        self._base_url = spec.base_url.rstrip("/")
        self._model = LanguageModel(
            spec,
            task,
            name,
            identity=(spec.kind, spec.model, self._base_url),
            encoding=encoding,
            context=context,
        )
        self._format = RequestFormat(self._model, self._base_url, spec.model)
        self._connection: Connection | None = None

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Answer:
        """One request; raises AnnotatorError when it fails."""
        if self._connection is None:
            raise RuntimeError(f"annotator {self.name!r} is not open")
        return await ask_model(self._model, self._format, self._connection, candidate, draw)

    async def open(self) -> None:
        """Get the key and a pool of connections; raises UserError when the key is missing."""
        if self._connection is not None:
            return
        variable = self._spec.api_key_env or ""
        endpoint = Endpoint(
            url=self._base_url + self._format.path,
            model=self._spec.model,
            key=api_key(self.name, variable) if variable else "",
            key_from=variable,
        )
        self._connection = Connection(
            endpoint, timeout=float(self._spec.timeout), most=self._spec.concurrency
        )

    async def close(self) -> None:
        """Close the connections; safe to call twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


async def ask_model(
    model: LanguageModel,
    form: RequestFormat,
    connection: Connection,
    candidate: Candidate,
    draw: Draw,
) -> Answer:
    """One request about one candidate; raises AnnotatorError when it fails."""
    prompt = model.prompt(candidate, draw)
    model.check_fits(prompt, draw)
    received = await connection.post(form.body(prompt, draw))
    return model.answer(candidate, parse_reply(received.body), received.allowance, draw)


def api_key(annotator: str, variable: str) -> str:
    """The key in the environment variable; raises UserError when there is none that can be sent."""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UserError(
            f"annotators.{annotator}: environment variable {variable} holds no API key; "
            f"set it, or name another one as api_key_env"
        )
    if not (key.isascii() and key.isprintable()):
        raise UserError(
            f"annotators.{annotator}: environment variable {variable} holds characters "
            "that no API key has; set it again"
        )
    return key
