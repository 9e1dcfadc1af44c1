from __future__ import annotations

import json
from contextlib import suppress
from math import isnan
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai_server import chat, completion

from stepladder.annotators.model_reply import ModelReply
from stepladder.annotators.openai_reply import parse_reply, read_reply
from stepladder.errors import MalformedReplyError
from stepladder.types import Usage


def listed(token: str, logprob: float, **others: float) -> dict[str, Any]:
    top = {token: logprob, **others}
    return {
        "token": token,
        "logprob": logprob,
        "top_logprobs": [{"token": t, "logprob": p} for t, p in top.items()],
    }


def test_chat() -> None:
    reply = parse_reply(orjson.dumps(chat("negative")))
    assert reply == ModelReply(
        "negative", "stop", "", {}, Usage(input=50, output=2), "m-2024-08-06"
    )


def test_completion() -> None:
    reply = read_reply(completion(" mixed", finish_reason="length"))
    assert (reply.text, reply.finish) == (" mixed", "length")


def test_content_in_parts_is_the_text_parts() -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "mix"}]
    reply = read_reply(chat([*parts, {"type": "text", "text": "ed"}]))  # type: ignore[arg-type]
    assert reply.text == "mixed"


def test_alternatives_of_chat() -> None:
    first = listed("pos", -0.1, neg=-2.5)
    reply = read_reply(chat("positive", logprobs={"content": [first, listed("itive", -0.0)]}))
    assert reply.first_token == {"pos": -0.1, "neg": -2.5}


def test_alternatives_of_llama_cpp_completions() -> None:
    reply = read_reply(completion(" pos", logprobs={"content": [listed(" pos", -0.1, x=-3)]}))
    assert reply.first_token == {" pos": -0.1, "x": -3.0}


def test_alternatives_of_openai_completions() -> None:
    logprobs = {
        "tokens": [" pos", "itive"],
        "token_logprobs": [-0.1, 0.0],
        "top_logprobs": [{" pos": -0.1, " neg": -2.5}, {"itive": 0.0}],
        "text_offset": [0, 4],
    }
    reply = read_reply(completion(" positive", logprobs=logprobs))
    assert reply.first_token == {" pos": -0.1, " neg": -2.5}


def test_a_blank_first_token_is_passed_over() -> None:
    in_chat = {"content": [listed("\n", -0.5, pos=-1), listed("neg", -0.2, pos=-1.5)]}
    assert read_reply(chat("\nneg", logprobs=in_chat)).first_token == {"neg": -0.2, "pos": -1.5}
    tabled = {"tokens": [" ", "neg"], "top_logprobs": [{" ": -0.5}, {"neg": -0.2, "pos": -1.5}]}
    reply = read_reply(completion(" neg", logprobs=tabled))
    assert reply.first_token == {"neg": -0.2, "pos": -1.5}


def test_the_token_itself_counts_where_it_is_not_among_the_alternatives() -> None:
    first = {"token": "neg", "logprob": -9.0, "top_logprobs": [{"token": "pos", "logprob": -0.1}]}
    reply = read_reply(chat("neg", logprobs={"content": [first]}))
    assert reply.first_token == {"neg": -9.0, "pos": -0.1}


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        "high",
        {},
        {"content": None},
        {"content": []},
        {"content": [None, {"token": 5}]},
        {"content": [listed("\n", -0.1)]},
        {"tokens": ["a"], "top_logprobs": None},
        {"tokens": ["a"], "top_logprobs": [None]},
    ],
)
def test_logprobs_that_say_nothing_are_none(logprobs: Any) -> None:
    assert read_reply(chat("mixed", logprobs=logprobs)).first_token == {}


def test_numbers_that_are_none_are_left_out() -> None:
    top = [{"token": "a", "logprob": None}, {"token": "b", "logprob": -1}, {"logprob": -1}]
    first = {"token": "c", "logprob": -0.5, "top_logprobs": top}
    reply = read_reply(chat("c", logprobs={"content": [first]}))
    assert reply.first_token == {"c": -0.5, "b": -1.0}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"<html>busy</html>", "busy"),
        (orjson.dumps(chat())[:-1], "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "not an object"),
        (b"{}", "no choices"),
        (b'{"choices": []}', "no choices"),
        (b'{"choices": ["negative"]}', "no choices"),
        (b'{"error": {"message": "overloaded"}}', "overloaded"),
        (b'{"choices": [{}]}', "neither message nor text"),
        (b'{"choices": [{"message": "negative"}]}', "neither message nor text"),
        (b'{"choices": [{"message": {"content": 5}}]}', "content is no text"),
    ],
)
def test_what_is_no_reply(body: bytes, said: str) -> None:
    with pytest.raises(MalformedReplyError, match=said) as caught:
        parse_reply(body)
    assert caught.value.billed is None
    assert not caught.value.free
    assert "\n" not in str(caught.value)


NAMES = [
    *("choices", "message", "content", "text", "refusal", "finish_reason", "model", "error"),
    *("logprobs", "top_logprobs", "tokens", "token", "logprob"),
    *("usage", "prompt_tokens", "completion_tokens"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, JSON)
def test_any_json_is_a_reply_or_malformed(choice: Any, usage: Any) -> None:
    for reply in (choice, {"choices": [choice], "usage": usage}):
        with suppress(MalformedReplyError):
            assert isinstance(read_reply(reply), ModelReply)


def test_numbers_that_json_has_no_word_for_cost_no_answer() -> None:
    """As Python's json module writes them."""
    alternatives = [
        {"token": "yes", "logprob": -0.1},
        {"token": "no", "logprob": float("-inf")},
        {"token": "maybe", "logprob": float("nan")},
    ]
    logprobs = {"content": [{"token": "yes", "logprob": -0.1, "top_logprobs": alternatives}]}
    choice = {"message": {"content": "yes"}, "logprobs": logprobs, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": float("nan")}
    reply = parse_reply(json.dumps({"choices": [choice], "usage": usage}).encode())
    assert reply.text == "yes"
    assert reply.first_token is not None
    assert reply.first_token["no"] == float("-inf")
    assert isnan(reply.first_token["maybe"])  # whoever reads it leaves it out


@pytest.mark.parametrize("body", [b"NaN", b"[" * 100_000 + b"NaN", b'{"choices": Infinity'])
def test_nor_do_they_make_a_reply_of_what_is_none(body: bytes) -> None:
    with pytest.raises(MalformedReplyError):
        parse_reply(body)
