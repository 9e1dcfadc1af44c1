"""How a policy describes its annotators, one class per kind."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from stepladder.policy.address import check_base_url, check_no_password
from stepladder.strict_toml import Settings
from stepladder.task import AnswerForm, Style, Wanted
from stepladder.types import Source


class WhenDown(StrEnum):
    """What becomes of candidates that need an annotator that is down."""

    WAIT = "wait"
    """They wait, for as long as its patience lasts."""
    SKIP = "skip"
    """They go on without its vote."""


class Common(Settings):
    """What every annotator has."""

    price: str | None = None
    """The price table's entry to pay by; by default the model's own."""
    concurrency: int = Field(default=8, ge=1)
    """Most requests in flight at once."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """The provider's limit on requests."""
    tokens_per_minute: int | None = Field(default=None, ge=1)
    """The provider's limit on tokens, prompt and answer together."""
    retries: int = Field(default=2, ge=0, le=10)
    """Attempts after the first one, when an attempt fails in a way that may pass."""
    when_down: WhenDown = WhenDown.WAIT
    """While it keeps failing: 'wait' until it answers again, or 'skip' it at once."""
    patience: Decimal = Field(default=Decimal(120), ge=0)
    """Seconds to wait for it while it is down or refuses for its rate limit; then it is skipped."""
    local: bool = False
    """Whether it may see candidates that must not leave the user's machines."""


class ModelSpec(Common):
    """What every language model has."""

    model: str = Field(min_length=1)
    """The name that the provider knows the model by."""
    prompt: Style = Style.CHAT
    """'chat' for instruction-tuned models, 'completion' for base models."""
    answer: AnswerForm = AnswerForm.LABEL
    """Whether the model writes the label or the letter of an option."""
    confidence: Literal[Source.TOKEN_PROBABILITIES, Source.STATED, Source.NONE] = (
        Source.TOKEN_PROBABILITIES
    )
    """Where its confidence comes from, unless the tier says otherwise; 'none' for just a label."""
    temperature: Decimal = Field(default=Decimal(0), ge=0, le=2)
    """Sampling temperature."""
    max_output_tokens: int | None = Field(default=None, ge=1)
    """Cap on the answer, hidden reasoning included; by default what the longest label needs."""
    timeout: Decimal = Field(default=Decimal(60), gt=0)
    """Seconds to wait for an answer."""

    @property
    def wanted(self) -> Wanted:
        """What the model is asked to write."""
        return Wanted(self.answer, stated=self.confidence is Source.STATED)


class OpenAISpec(ModelSpec):
    """Whatever speaks the OpenAI protocol at a base URL: OpenAI, vLLM, llama.cpp, TGI, Ollama."""

    kind: Literal["openai"]
    """The direct path, without litellm."""
    base_url: str = "https://api.openai.com/v1"
    """Where the protocol's paths begin."""
    api_key_env: str | None = "OPENAI_API_KEY"
    """Environment variable that holds the key; an empty string for a server without keys."""

    @model_validator(mode="after")
    def _http(self) -> OpenAISpec:
        check_base_url(self.base_url, "base_url")
        return self


class LitellmSpec(ModelSpec):
    """Any model string that litellm knows."""

    kind: Literal["litellm"]
    """Through litellm: every provider, at more CPU per call."""
    api_base: str | None = None
    """Where to send the requests, if not to the provider's own address."""
    api_key_env: str | None = None
    """Environment variable that holds the key, if not the provider's usual one."""

    @model_validator(mode="after")
    def _secretless(self) -> LitellmSpec:
        check_no_password(self.api_base or "", "api_base")
        return self


class LocalSpec(ModelSpec):
    """A model file that stepladder serves itself, with llama.cpp, on a free loopback port."""

    kind: Literal["local"]
    """Started before the run and stopped after it."""
    context: int = Field(default=4096, ge=256)
    """Context window in tokens, for each request in flight."""
    threads: int | None = Field(default=None, ge=1)
    """Processor threads; by default all cores."""
    concurrency: int = Field(default=1, ge=1)
    """Requests in flight at once; each has a context of its own."""
    local: bool = True
    """It never leaves this machine."""


class HumanSpec(Common):
    """A person; `pending` until there is an answer."""

    kind: Literal["human"]
    """Answers come from a file for now."""
    answers: str | None = None
    """CSV, JSONL or Parquet with columns id and label, beside the policy file."""
    wage: str = "person"
    """The wage table's entry to pay by."""
    retries: int = Field(default=0, ge=0, le=10)
    """A person is asked once."""
    local: bool = True
    """Whether the person may see every candidate."""


class ScriptedSpec(Common):
    """Fixed answers, for users' own tests."""

    kind: Literal["scripted"]
    """Answers from this policy file."""
    answers: dict[str, str]
    """What it says to each candidate id; '*' stands for every other one."""


class RecordedSpec(Common):
    """The votes of a past run, from a recording."""

    kind: Literal["recorded"]
    """Answers from a recording."""
    recording: str
    """Path of the recording (JSONL), beside the policy file."""
    annotator: str
    """Whose votes to replay."""


class CustomSpec(Common):
    """An annotator that the user's own Python code passes to the Oracle."""

    kind: Literal["custom"]
    """Given by `Oracle.from_files(..., annotators={name: annotator})`."""


AnnotatorSpec = Annotated[
    OpenAISpec | LitellmSpec | LocalSpec | HumanSpec | ScriptedSpec | RecordedSpec | CustomSpec,
    Field(discriminator="kind"),
]
"""Any of the kinds; `kind` says which."""
