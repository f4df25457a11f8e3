"""What the administrator of the machine allows: a file that only he can write, and that no setting can overrule.

/etc/strongroom/policy.toml
[network]
servers = ["llm.example.org:8443"]      # no others with --server; [] forbids it
"""

import tomllib
from pathlib import Path

from config.errors import PolicyError

POLICY_FILE = Path("/etc/strongroom/policy.toml")


def require_server_allowed(label: str) -> None:
    """Raises PolicyError when there is a policy that does not name `label` (host:port), or one that cannot be read."""
    allowed = _allowed_servers()
    if allowed is None or label in allowed:
        return
    only = f"only {', '.join(allowed)}" if allowed else "no server at all"
    raise PolicyError(
        f"The policy {POLICY_FILE} does not allow the server {label}, {only}.",
        "Ask without --server, or have the administrator add it.",
    )


def _allowed_servers() -> list[str] | None:
    """None when the policy says nothing of it."""
    try:
        content = tomllib.loads(POLICY_FILE.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable("it is not readable as TOML") from error
    network = content.get("network", {})
    servers = network.get("servers") if isinstance(network, dict) else network
    if servers is None:
        return None
    if not isinstance(servers, list) or not all(isinstance(server, str) for server in servers):
        raise _unreadable("network.servers must be a list of host:port")
    return servers


def _unreadable(reason: str) -> PolicyError:
    return PolicyError(f"The policy {POLICY_FILE} cannot be followed: {reason}.", "Have the administrator correct it.")
