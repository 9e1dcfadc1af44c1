"""policy.toml: what it may say, and one line about whatever is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from stepladder.errors import PolicyError
from stepladder.policy import (
    Accept,
    Budget,
    HumanSpec,
    LocalSpec,
    OpenAISpec,
    Policy,
    Tier,
    load_policy,
)
from stepladder.task import AnswerForm, Style
from stepladder.types import Source

FULL = """\
name = "all of it"
prices = ["mine.toml"]

[budget]
usd = 1.50
wages = 20

[calibration]
rows = 40
share = 0.25
minimum = 10

[annotators.small]
kind = "openai"
model = "tiny"
base_url = "http://127.0.0.1:8000/v1"
answer = "letter"
requests_per_minute = 60

[annotators.base]
kind = "local"
model = "gemma"
prompt = "completion"
confidence = "none"

[annotators.late]
kind = "scripted"
answers = { "*" = "good" }

[annotators.anna]
kind = "human"
answers = "anna.csv"

[[tiers]]
name = "cheap"
ask = ["small", "base"]
accept = [{agree = 2, probability = 0.9}, {margin = 0.5, entropy = 0.2}]

[[tiers]]
name = "again"
ask = "late"
accept = {probability = 1}

[[tiers]]
name = "person"
ask = "anna"
"""

SMALL = """\
name = "p"
[annotators.x]
kind = "openai"
model = "m"
[annotators.y]
kind = "scripted"
answers = {"*" = "good"}
[annotators.anna]
kind = "human"
"""
"""Nine lines; every test adds what it is about from line 10 on."""
TIER = '[[tiers]]\nname = "one"\nask = "x"\n'


def policy_file(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def policy(folder: Path, text: str) -> Policy:
    return load_policy(policy_file(folder, text))


def problem(folder: Path, text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        policy(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{folder}/", "")


def test_everything_a_policy_may_say(tmp_path: Path) -> None:
    found = policy(tmp_path, FULL)
    assert found.budget == Budget(usd=Decimal("1.50"), wages=Decimal(20))
    assert (found.calibration.rows, found.calibration.share) == (40, Decimal("0.25"))
    assert found.prices == ("mine.toml",)
    assert found.tiers == (
        Tier(
            name="cheap",
            ask=("small", "base"),
            accept=(
                Accept(agree=2, probability=Decimal("0.9")),
                Accept(margin=Decimal("0.5"), entropy=Decimal("0.2")),
            ),
        ),
        Tier(name="again", ask=("late",), accept=(Accept(probability=Decimal(1)),)),
        Tier(name="person", ask=("anna",)),
    )
    small, base, _, anna = found.annotators.values()
    assert isinstance(small, OpenAISpec)
    assert (small.answer, small.prompt, small.local) == (AnswerForm.LETTER, Style.CHAT, False)
    assert isinstance(base, LocalSpec)
    assert (base.prompt, base.confidence, base.local) == (Style.COMPLETION, Source.NONE, True)
    assert isinstance(anna, HumanSpec)
    assert found.machines == ("small", "base", "late")
    assert [found.is_person(name) for name in found.annotators] == [False, False, False, True]


@pytest.mark.parametrize("amount", ["0.000000000001", "0.1", "12345678901.123456789012", "3", "0"])
def test_a_budget_is_exactly_what_the_file_says(tmp_path: Path, amount: str) -> None:
    found = policy(tmp_path, f"{SMALL}{TIER}[budget]\nusd = {amount}\n")
    assert found.budget.usd == Decimal(amount)


@pytest.mark.parametrize("value", ["0", "0.0", "1", "1.0", "0.5"])
@pytest.mark.parametrize("key", ["probability", "margin", "entropy"])
def test_thresholds_from_zero_to_one(tmp_path: Path, key: str, value: str) -> None:
    (tier,) = policy(tmp_path, f"{SMALL}{TIER}accept = {{{key} = {value}}}\n").tiers
    assert getattr(tier.accept[0], key) == Decimal(value)


@pytest.mark.parametrize("value", ["-0.01", "1.01", "95"])
@pytest.mark.parametrize("key", ["probability", "margin", "entropy"])
def test_thresholds_outside_zero_to_one(tmp_path: Path, key: str, value: str) -> None:
    bound = "at least 0" if value.startswith("-") else "at most 1"
    assert problem(tmp_path, f"{SMALL}{TIER}accept = {{{key} = {value}}}\n") == (
        f"policy.toml:13: tiers.0.accept.{key}: should be {bound}, not {value}"
    )


PROBLEMS = {
    "a threshold in quotes": (
        TIER + 'accept = {probability = "0.9"}',
        "policy.toml:13: tiers.0.accept.probability: should be a number, not '0.9'",
    ),
    "the second of two rules": (
        TIER + "accept = [\n{agree = 1},\n{margin = 2}\n]",
        "policy.toml:15: tiers.0.accept.1.margin: should be at most 1, not 2",
    ),
    "a rule in a table of its own": (
        TIER + "[tiers.accept]\nmargin = 2",
        "policy.toml:14: tiers.0.accept.margin: should be at most 1, not 2",
    ),
    "a mistyped rule": (
        TIER + "accept = {probabilty = 0.9}",
        "policy.toml:13: tiers.0.accept.probabilty: unknown key; did you mean 'probability'?",
    ),
    "an empty rule": (
        TIER + "accept = {}",
        "policy.toml:13: tiers.0.accept: empty; "
        "name probability, agree, margin or entropy, or leave it out",
    ),
    "nobody needs to agree": (
        TIER + "accept = {agree = 0}",
        "policy.toml:13: tiers.0.accept.agree: should be at least 1, not 0",
    ),
    "more to agree than are asked": (
        TIER + 'accept = {agree = 1}\n[[tiers]]\nname = "two"\nask = "y"\naccept = {agree = 3}',
        "policy.toml:17: tiers.1.accept.agree: "
        "3 cannot agree, since the tiers up to here ask only 2",
    ),
    "more to agree than are asked by then": (
        TIER + 'accept = {agree = 2}\n[[tiers]]\nname = "two"\nask = "y"',
        "policy.toml:13: tiers.0.accept.agree: "
        "2 cannot agree, since the tiers up to here ask only 1",
    ),
    "an unknown annotator": (
        '[[tiers]]\nname = "one"\nask = ["x", "ana"]',
        "policy.toml:12: tiers.0.ask: 'ana' is not among the annotators; did you mean 'anna'?",
    ),
    "an annotator asked twice": (
        '[[tiers]]\nname = "one"\nask = ["x", "y", "x"]',
        "policy.toml:12: tiers.0.ask: 'x' is asked twice; name each annotator once",
    ),
    "an annotator asked again further up": (
        TIER + '[[tiers]]\nname = "two"\nask = ["y", "x"]',
        "policy.toml:15: tiers.1.ask: 'x' is asked in 'one' already; its vote counts in every "
        "later tier, so name only whom this tier adds",
    ),
    "nobody asked": (
        '[[tiers]]\nname = "one"\nask = []',
        "policy.toml:12: tiers.0.ask: should not be empty",
    ),
    "a person before a machine": (
        '[[tiers]]\nname = "person"\nask = "anna"\n' + TIER,
        "policy.toml:12: tiers.0.ask: 'anna' is a person, and people are asked last; "
        "move the tier to the end",
    ),
    "a person beside a machine": (
        '[[tiers]]\nname = "one"\nask = ["x", "anna"]',
        "policy.toml:12: tiers.0.ask: 'anna' is a person, whose word is final; "
        "ask nobody else in that tier",
    ),
    "a person whose answer may be refused": (
        TIER + '[[tiers]]\nname = "two"\nask = "anna"\naccept = {agree = 1}',
        "policy.toml:15: tiers.1.ask: 'anna' is a person, whose word is final; "
        "leave out the tier's accept",
    ),
    "two tiers of one name": (
        TIER + '[[tiers]]\nname = "one"\nask = "y"',
        "policy.toml:14: tiers.1.name: 'one' appears twice; names must differ",
    ),
    "a name that would break the route": (
        '[[tiers]]\nname = "a>b"\nask = "x"',
        "policy.toml:11: tiers.0.name: should be a name without '>', which joins names to a route",
    ),
    "a negative budget": (
        TIER + "[budget]\nusd = -1",
        "policy.toml:14: budget.usd: should be at least 0, not -1",
    ),
    "a budget finer than money is kept": (
        TIER + "[budget]\nwages = 0.0000000000001",
        "policy.toml:14: budget.wages: 1E-13 USD is not a whole number of pico-USD (10**-12 USD)",
    ),
    "an endless budget": (
        TIER + "[budget]\nusd = inf",
        "policy.toml:14: budget.usd: should be a finite number, not Infinity",
    ),
    "a budget in quotes": (
        TIER + '[budget]\nusd = "5"',
        "policy.toml:14: budget.usd: should be a number, not '5'",
    ),
    "no gold to measure with": (
        TIER + "[calibration]\nshare = 1.5",
        "policy.toml:14: calibration.share: should be at most 1, not 1.5",
    ),
    "a minimum too small to fit on": (
        TIER + "[calibration]\nminimum = 1",
        "policy.toml:14: calibration.minimum: should be at least 2, not 1",
    ),
    "a mistyped key of a model": (
        TIER + '[annotators.z]\nmax_tokens = 3\nmodel = "m"\nkind = "openai"',
        "policy.toml:14: annotators.z.max_tokens: unknown key; did you mean 'max_output_tokens'?",
    ),
    "a wrong kind": (
        TIER + '[annotators.z]\nmodel = "m"\nkind = "gpt"',
        "policy.toml:15: annotators.z.kind: unknown kind 'gpt'; "
        "it is one of openai, litellm, local, human, scripted, recorded, custom",
    ),
    "no kind": (
        TIER + '[annotators.z]\nmodel = "m"',
        "policy.toml:13: annotators.z.kind: missing; "
        "write one of openai, litellm, local, human, scripted, recorded, custom",
    ),
    "no model": (
        TIER + '[annotators.z]\nkind = "litellm"',
        "policy.toml:13: annotators.z.model: missing; add it",
    ),
    "no answers": (
        TIER + '[annotators.z]\nkind = "scripted"',
        "policy.toml:13: annotators.z.answers: missing; add it",
    ),
    "an address that is none": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nbase_url = "localhost:8000"',
        "policy.toml:16: annotators.z.base_url: should begin with http:// or https://",
    ),
    "a password in an address": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nbase_url = "https://me:s3cret@h/v1"',
        "policy.toml:16: annotators.z.base_url: should hold no user or password before an '@'; "
        "put the key into the environment variable that api_key_env names",
    ),
    "a password in an address for litellm": (
        TIER + '[annotators.z]\nkind = "litellm"\nmodel = "m"\napi_base = "https://s3cret@h:1"',
        "policy.toml:16: annotators.z.api_base: should hold no user or password before an '@'; "
        "put the key into the environment variable that api_key_env names",
    ),
    "a password in an address that cannot be read": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nbase_url = "https://:s3cret@[h?"',
        "policy.toml:16: annotators.z.base_url: should hold no user or password before an '@'; "
        "put the key into the environment variable that api_key_env names",
    ),
    "a password with a slash": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nbase_url = "https://me:s3/cret@h/v1"',
        "policy.toml:16: annotators.z.base_url: should name a host, and any port by its number",
    ),
    "an address without host": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nbase_url = "http:///v1"',
        "policy.toml:16: annotators.z.base_url: should name a host, and any port by its number",
    ),
    "a key in an address": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nbase_url = "https://h/v1?key=s3cret"',
        "policy.toml:16: annotators.z.base_url: should end with its path, without '?' or '#'; "
        "a key belongs into the environment variable that api_key_env names",
    ),
    "a style that does not exist": (
        TIER + '[annotators.z]\nkind = "local"\nmodel = "m"\nprompt = "base"',
        "policy.toml:16: annotators.z.prompt: should be 'chat' or 'completion', not 'base'",
    ),
    "a confidence that does not exist": (
        TIER + '[annotators.z]\nkind = "local"\nmodel = "m"\nconfidence = "samples"',
        "policy.toml:16: annotators.z.confidence: "
        "should be 'token_probabilities', 'stated' or 'none', not 'samples'",
    ),
    "nothing in flight": (
        TIER + '[annotators.z]\nkind = "local"\nmodel = "m"\nconcurrency = 0',
        "policy.toml:16: annotators.z.concurrency: should be at least 1, not 0",
    ),
    "endless retries": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nretries = 11',
        "policy.toml:16: annotators.z.retries: should be at most 10, not 11",
    ),
    "no time to answer": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\ntimeout = 0.0',
        "policy.toml:16: annotators.z.timeout: should be greater than 0, not 0.0",
    ),
    "a mark that is no mark": (
        TIER + '[annotators.z]\nkind = "openai"\nmodel = "m"\nlocal = "yes"',
        "policy.toml:16: annotators.z.local: should be true or false, not 'yes'",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems(tmp_path: Path, name: str) -> None:
    text, message = PROBLEMS[name]
    assert problem(tmp_path, f"{SMALL}{text}\n") == message


@pytest.mark.parametrize(
    ("kind", "unknown", "named", "not_named"),
    [
        ('"openai"\nmodel = "m"', "wage", "base_url", "answers"),
        ('"human"', "model", "wage", "base_url"),
        ('"recorded"\nrecording = "r.jsonl"\nannotator = "a"', "model", "recording", "wage"),
    ],
)
def test_an_unknown_key_is_answered_with_the_keys_of_that_kind(
    tmp_path: Path, kind: str, unknown: str, named: str, not_named: str
) -> None:
    found = problem(tmp_path, f'{SMALL}{TIER}[annotators.z]\n{unknown} = "v"\nkind = {kind}\n')
    where, _, known = found.partition("; known: ")
    assert where == f"policy.toml:14: annotators.z.{unknown}: unknown key"
    assert named in known.split(", ")
    assert not_named not in known.split(", ")


def test_a_policy_needs_a_name_annotators_and_tiers(tmp_path: Path) -> None:
    assert problem(tmp_path, "") == "policy.toml: name: missing; add it"
    assert problem(tmp_path, 'name = "p"\n') == "policy.toml: annotators: missing; add it"
    assert problem(tmp_path, SMALL) == "policy.toml: tiers: missing; add it"
    assert problem(tmp_path, f"tiers = []\n{SMALL}") == "policy.toml:1: tiers: should not be empty"
    assert problem(tmp_path, f'name = "p"\n[annotators]\n{TIER}') == (
        "policy.toml:5: tiers.0.ask: 'x' is not among the annotators; none is known"
    )


@pytest.mark.parametrize("name", ["local-only", "single-model", "small-large-human", "three-agree"])
def test_shipped_policies_go_by_their_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_policy(name).name == name


def test_a_name_that_is_neither_a_file_nor_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyError, match="shipped policy; did you mean 'local-only'"):
        load_policy("local_only")
    with pytest.raises(PolicyError, match=r"mine\.toml: no such file"):
        load_policy("mine.toml")
    policy_file(tmp_path, SMALL + TIER)
    assert load_policy("policy.toml").name == "p"
