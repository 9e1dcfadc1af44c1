"""task.toml: the labels, the instructions, the examples, the prompt, and reading an answer."""

from stepladder.task.answer import read_answer
from stepladder.task.candidates import read_candidates
from stepladder.task.load import load_task
from stepladder.task.prompt import AnswerForm, ChatPrompt, CompletionPrompt, Message, Prompt, Style
from stepladder.task.prompt import render as render_prompt
from stepladder.task.schema import Example, LabelSpec, Task

__all__ = [
    "AnswerForm",
    "ChatPrompt",
    "CompletionPrompt",
    "Example",
    "LabelSpec",
    "Message",
    "Prompt",
    "Style",
    "Task",
    "load_task",
    "read_answer",
    "read_candidates",
    "render_prompt",
]
