"""task.toml: what it may say, and one line about whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepladder.errors import TaskError
from stepladder.task import Example, LabelSpec, load_task

HEAD = 'name = "tone"\ninstructions = "Which tone?"\n'


def task_file(folder: Path, text: str) -> Path:
    path = folder / "task.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problem(folder: Path, text: str) -> str:
    with pytest.raises(TaskError) as caught:
        load_task(task_file(folder, text))
    return str(caught.value).replace(f"{folder}/", "")


def test_labels_in_each_of_their_forms(tmp_path: Path) -> None:
    listed = load_task(task_file(tmp_path, f'{HEAD}labels = ["yes", "no"]'))
    assert listed.label_names == ("yes", "no")
    described = load_task(
        task_file(
            tmp_path,
            f'{HEAD}[labels]\non = "It is on."\n[labels.off]\naliases = ["out"]\n',
        )
    )
    assert described.labels == {
        "on": LabelSpec(description="It is on."),
        "off": LabelSpec(aliases=("out",)),
    }


def test_examples_inline_or_from_a_file_beside_the_task(tmp_path: Path) -> None:
    (tmp_path / "shown.csv").write_text("text,label\nGood,yes\n", encoding="utf-8")
    inline = '[[examples]]\ntext = "Good"\nlabel = "yes"\n'
    for examples in (inline, 'examples = "shown.csv"\n'):
        task = load_task(task_file(tmp_path, f'{HEAD}labels = ["yes", "no"]\n{examples}'))
        assert task.examples == (Example(columns={"text": "Good"}, label="yes"),)


LABELS = f'{HEAD}labels = ["good", "bad"]\n'
PROBLEMS = {
    HEAD: "task.toml: labels: missing; add it",
    f'{HEAD}lables = ["a", "b"]': "task.toml:3: lables: unknown key; did you mean 'labels'?",
    'name = " "\ninstructions = "x"\nlabels = ["a", "b"]': "task.toml:1: name: should not be empty",
    'name = "x"\ninstructions = "\\n"\nlabels = ["a", "b"]': (
        "task.toml:2: instructions: should not be empty"
    ),
    f'{HEAD}labels = ["a"]': "task.toml:3: labels: at least two labels are needed",
    f'{HEAD}labels = ["a", "b", "a"]': "task.toml:3: labels.2: 'a' appears twice",
    f"{HEAD}labels = [1, 2]": "task.toml:3: labels.0: should be a text in quotes, not 1",
    f'{HEAD}labels = [["a"], ["b"]]': (
        "task.toml:3: labels.0: should be a text in quotes, not ['a']"
    ),
    f'{HEAD}[labels]\ngood = "x"\n" bad" = "y"': (
        "task.toml:5: labels.' bad': a label has no spaces around it and one between words"
    ),
    f'{HEAD}labels = ["a", "..."]': (
        "task.toml:3: labels: a label or alias needs a letter, a digit or a symbol"
    ),
    f'{HEAD}[labels]\nGood = "x"\n"good!" = "y"': (
        "task.toml:5: labels.'good!': an answer 'good' would mean 'Good' as well; "
        "change a name or an alias"
    ),
    f'{HEAD}[labels.a]\naliases = ["yes"]\n[labels.b]\naliases = ["YES"]': (
        "task.toml:5: labels.b: an answer 'yes' would mean 'a' as well; change a name or an alias"
    ),
    f'{HEAD}[labels]\na = "x"\n[labels.b]\nalias = ["c"]': (
        "task.toml:6: labels.b.alias: unknown key; did you mean 'aliases'?"
    ),
    f'{HEAD}[labels]\na = "x"\nb = 3': "task.toml:5: labels.b: should be a table, not 3",
    f'{LABELS}text = "Review: {{"': ("task.toml:4: text: a lone { in the template; write it twice"),
    f'{LABELS}text = "{{}}"': "task.toml:4: text: {} in the template names no column",
    f'{LABELS}text = "{{{{text}}}}"': (
        "task.toml:4: text: the template names no column, such as {text}"
    ),
    f'{LABELS}[columns]\nlocalonly = "x"': (
        "task.toml:5: columns.localonly: unknown key; did you mean 'local_only'?"
    ),
    f'{LABELS}[[examples]]\ntext = "x"\nlabel = "good"\n[[examples]]\ntext = "y"\nlabel = "godo"': (
        "task.toml:7: examples.1: 'godo' is not a label of the task; did you mean 'good'?"
    ),
    f'{LABELS}[[examples]]\ntext = "x"': "task.toml:4: examples.0.label: missing; add it",
    f'{LABELS}[[examples]]\ntxt = "x"\nlabel = "good"': (
        "task.toml:4: examples.0: no 'text', which the text template names"
    ),
    f'{LABELS}[[examples]]\ntext = 5\nlabel = "good"': (
        "task.toml:5: examples.0.text: should be a text in quotes, not 5"
    ),
    f'{LABELS}examples = "none.csv"': "task.toml:4: examples: none.csv: no such file",
}


@pytest.mark.parametrize("text", PROBLEMS)
def test_problems(tmp_path: Path, text: str) -> None:
    assert problem(tmp_path, text) == PROBLEMS[text]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "text,label\nx,good\ny,godo\n",
            "shown.csv:3: 'godo' is not a label of the task; did you mean 'good'?",
        ),
        ("text,label\n ,good\n", "shown.csv:2: no 'text', which the text template names"),
        (
            "text,tone\nx,good\n",
            "shown.csv:2: no column 'label', which holds the example's right label",
        ),
        ("", "shown.csv: empty; it needs at least one row"),
    ],
)
def test_problems_in_an_examples_file(tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "shown.csv").write_text(rows, encoding="utf-8")
    text = f'{HEAD}labels = ["good", "bad"]\nexamples = "shown.csv"\n'
    assert problem(tmp_path, text) == f"task.toml:4: examples: {message}"
