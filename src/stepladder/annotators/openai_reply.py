"""A reply in the OpenAI protocol, chat or completion, as a ModelReply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from stepladder.annotators.model_reply import ModelReply
from stepladder.annotators.one_line import in_words, one_line
from stepladder.annotators.openai_usage import read_usage
from stepladder.errors import MalformedReplyError

NOT_QUITE_JSON = (b"NaN", b"Infinity")
"""Numbers that JSON has no word for."""


def parse_reply(body: bytes) -> ModelReply:
    """The reply in the body; raises MalformedReplyError when it is none."""
    try:
        reply = _loaded(body)
    except (ValueError, RecursionError):
        raise _malformed("it is not JSON", body[:200].decode(errors="replace")) from None
    return read_reply(reply)


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        # Servers in Python write these for log-probabilities; the answer is paid for all the same.
        if not any(word in body for word in NOT_QUITE_JSON):
            raise
        return json.loads(body)


def read_reply(reply: Any) -> ModelReply:
    """The reply out of parsed JSON; raises MalformedReplyError when it is none."""
    if not isinstance(reply, dict):
        raise _malformed("it is not an object", reply)
    choice = _choice(reply)
    message = choice.get("message")
    said = message if isinstance(message, dict) else {"content": choice.get("text")}
    text = _text(said.get("content"))
    return ModelReply(
        text=text,
        finish=_string(choice.get("finish_reason")),
        refusal=_string(said.get("refusal")),
        first_token=_first_token(choice.get("logprobs")),
        usage=read_usage(reply.get("usage"), answered=bool(text)),
        model=_string(reply.get("model")),
    )


def _choice(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _malformed("it has no choices", reply.get("error", reply))
    choice: Mapping[str, Any] = choices[0]
    if not isinstance(choice.get("message"), dict) and not isinstance(choice.get("text"), str):
        raise _malformed("its first choice has neither message nor text", choice)
    return choice


def _malformed(what: str, shown: Any) -> MalformedReplyError:
    return MalformedReplyError(f"the reply is not what the protocol promises: {what}: "
                               f"{one_line(in_words(shown))}")  # fmt: skip


def _text(content: Any) -> str:
    """The content; of content in parts, the text parts. None is an empty answer."""
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [p.get("text") for p in content if isinstance(p, dict) and p.get("type") == "text"]
        return "".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str):
        raise _malformed("its content is no text", content)
    return content


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Position:
    """One token of the answer, with what could have stood in its place."""

    token: str
    alternatives: Mapping[str, float]
    """Natural log-probabilities by token."""


def _first_token(logprobs: Any) -> Mapping[str, float]:
    """The alternatives at the first token that is not blank; empty if there are none.

    Some models begin with a line break or a space.
    """
    if not isinstance(logprobs, dict):
        return {}
    listed = logprobs.get("content")
    positions = _listed(listed) if isinstance(listed, list) else _tabled(logprobs)
    first = next((p for p in positions if p.token.strip()), None)
    return {} if first is None else first.alternatives


def _listed(content: list[Any]) -> Iterator[Position]:
    """Chat, and llama.cpp's completions: a list of tokens, each with a list of alternatives."""
    for entry in content:
        if isinstance(entry, dict) and isinstance(entry.get("token"), str):
            listed = entry.get("top_logprobs")
            others = listed if isinstance(listed, list) else []
            pairs = (
                (e.get("token"), e.get("logprob")) for e in (entry, *others) if type(e) is dict
            )
            yield Position(entry["token"], _numbers(pairs))


def _tabled(logprobs: Mapping[str, Any]) -> Iterator[Position]:
    """OpenAI's completions: a list of tokens, beside it a list of tables by token."""
    tokens, tables = logprobs.get("tokens"), logprobs.get("top_logprobs")
    if isinstance(tokens, list) and isinstance(tables, list):
        for token, table in zip(tokens, tables, strict=False):
            if isinstance(token, str) and isinstance(table, dict):
                yield Position(token, _numbers(table.items()))


def _numbers(pairs: Iterable[tuple[Any, Any]]) -> Mapping[str, float]:
    return {
        token: logprob if type(logprob) is float else float(logprob)
        for token, logprob in pairs
        if type(token) is str and type(logprob) in (float, int)
    }
