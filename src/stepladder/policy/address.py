"""Where requests are sent: addresses are shown in errors and kept in ledgers, so hold no secret."""

from __future__ import annotations

from urllib.parse import urlsplit

from stepladder.strict_toml import KeyedError

KEY_FROM = "the environment variable that api_key_env names"


def check_base_url(address: str, key: str) -> None:
    """Raise KeyedError, which repeats nothing of it, if paths cannot be put after the address."""
    if not address.startswith(("http://", "https://")):
        raise KeyedError("should begin with http:// or https://", key)
    check_no_password(address, key)
    if "?" in address or "#" in address:
        said = "should end with its path, without '?' or '#'; a key belongs into"
        raise KeyedError(f"{said} {KEY_FROM}", key)
    if not _names_a_host(address):
        raise KeyedError("should name a host, and any port by its number", key)


def check_no_password(address: str, key: str) -> None:
    """Raise KeyedError, which repeats nothing of it, if the address holds a user or a password."""
    # Not by urlsplit: what it cannot read may hold a password all the same.
    authority = address.partition("//")[2]
    for end in "/?#":
        authority = authority.partition(end)[0]
    if "@" in authority:
        said = "should hold no user or password before an '@'; put the key into"
        raise KeyedError(f"{said} {KEY_FROM}", key)


def _names_a_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
