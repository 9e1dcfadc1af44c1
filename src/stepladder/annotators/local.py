"""A model file that stepladder serves itself, on this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

from stepladder.annotators.base import Answer
from stepladder.annotators.local_models import find_model
from stepladder.annotators.local_server import LocalServer, Served, Serving
from stepladder.annotators.model import LanguageModel
from stepladder.annotators.model_annotator import ModelAnnotator
from stepladder.annotators.openai import ask_model
from stepladder.annotators.openai_connection import Connection
from stepladder.annotators.openai_failure import Endpoint
from stepladder.annotators.openai_request import RequestFormat
from stepladder.policy import LocalSpec
from stepladder.task import Style, Task
from stepladder.types import FIRST, Candidate, Draw


class LocalAnnotator(ModelAnnotator):
    """A GGUF model behind a server of its own, asked over the direct path."""

    def __init__(
        self,
        spec: LocalSpec,
        task: Task,
        name: str,
        *,
        encoding: str | None = None,
        context: int | None = None,  # noqa: ARG002
        beside: Path | None = None,
    ) -> None:
        """`beside` is where a relative path of a model begins; `context` is the spec's own.

        Raises PolicyError when there is no such model, and MissingExtraError when it
        is in a wheel that is not installed.
        """
        self._spec = spec
        self._file = find_model(spec.model, beside)
        self._model = LanguageModel(
            spec,
            task,
            name,
            # Neither path nor port: the same file answers the same wherever it is.
            identity=(spec.kind, self._file.identity),
            encoding=encoding,
            context=spec.context,
        )
        self._format = RequestFormat(self._model, "", Path(spec.model).name)
        self._server: LocalServer | None = None
        self._connection: Connection | None = None

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Answer:
        """One request to the server; raises AnnotatorError when it fails."""
        if self._connection is None:
            raise RuntimeError(f"annotator {self.name!r} is not open")
        return await ask_model(self._model, self._format, self._connection, candidate, draw)

    async def open(self) -> None:
        """Start the server; raises UserError when the model cannot be served."""
        if self._connection is not None:
            return
        serving = Serving(
            model=await asyncio.to_thread(self._file.ready),
            context=self._spec.context,
            parallel=self._spec.concurrency,
            threads=self._spec.threads,
            chat=self._spec.prompt is Style.CHAT,
        )
        self._server = LocalServer(serving)
        self._connection = self._connected(await self._server.start())

    def _connected(self, served: Served) -> Connection:
        url = f"{served.address}/v1{self._format.path}"
        endpoint = Endpoint(url, self._spec.model, key=served.key)
        return Connection(endpoint, timeout=float(self._spec.timeout), most=self._spec.concurrency)

    async def close(self) -> None:
        """Stop the server; safe to call twice."""
        connection, self._connection = self._connection, None
        server, self._server = self._server, None
        if connection is not None:
            await connection.close()
        if server is not None:
            await server.stop()
