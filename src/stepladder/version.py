"""The installed version."""

from importlib.metadata import version

VERSION = version("stepladder")
"""As in pyproject.toml."""
