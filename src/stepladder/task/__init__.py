"""task.toml: the labels, the instructions, the examples, the prompt, and reading an answer."""

from stepladder.task.answer import read_answer
from stepladder.task.candidates import read_candidates
from stepladder.task.load import load_task
from stepladder.task.prompt import AnswerForm, ChatPrompt, CompletionPrompt, Message, Prompt, Style
from stepladder.task.prompt_frame import ChatFrame, CompletionFrame, Frame, prompt_frame
from stepladder.task.prompt_frame import render as render_prompt
from stepladder.task.schema import Example, LabelSpec, Task
from stepladder.task.wanted import LABEL_ONLY, Wanted

__all__ = [
    "LABEL_ONLY",
    "AnswerForm",
    "ChatFrame",
    "ChatPrompt",
    "CompletionFrame",
    "CompletionPrompt",
    "Example",
    "Frame",
    "LabelSpec",
    "Message",
    "Prompt",
    "Style",
    "Task",
    "Wanted",
    "load_task",
    "prompt_frame",
    "read_answer",
    "read_candidates",
    "render_prompt",
]
