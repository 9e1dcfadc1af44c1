"""policy.toml from a file, or a shipped policy by its name."""

from __future__ import annotations

from pathlib import Path

from stepladder.errors import PolicyError
from stepladder.nearest import did_you_mean
from stepladder.policy.schema import Policy
from stepladder.shipped import shipped
from stepladder.strict_toml import load


def load_policy(path: Path | str) -> Policy:
    """The policy in a file; a bare name such as `local-only` means a shipped one."""
    return load(Policy, policy_path(path), PolicyError)


def policy_path(path: Path | str) -> Path:
    """Where the policy lies; raises PolicyError when it is neither a file nor shipped."""
    path = Path(path)
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    names = [file.stem for file in shipped("policies").glob("*.toml")]
    if path.name not in names:
        raise PolicyError(
            f"{path}: no such file or shipped policy; {did_you_mean(str(path), names)}"
        )
    return shipped("policies") / f"{path.name}.toml"


def policy_folder(path: Path | str) -> Path:
    """Where the policy's relative paths begin: beside its file, or here for a shipped one."""
    return Path(path).parent if Path(path).exists() else Path()
