"""Where a page can be edited: its file at the forge that holds the checkout's origin."""

import re
import subprocess
from pathlib import Path

# git@host:owner/name.git, ssh://git@host/owner/name, https://host/owner/name.git
_REMOTE = re.compile(
    r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)(?P<host>[\w.-]+)[:/](?P<name>[\w./~-]+?)(?:\.git)?/?$"
)
_EDIT = {
    "github.com": "https://github.com/{name}/edit/main/docs/{path}",
    "gitlab.com": "https://gitlab.com/{name}/-/edit/main/docs/{path}",
    "codeberg.org": "https://codeberg.org/{name}/_edit/main/docs/{path}",
}


def edit_template(remote: str) -> str | None:
    """The address at which a page's file is edited, with {path} for the file.

    Args:
        remote: The address that git pushes to.

    Returns:
        None where the forge is not a known one.
    """
    match = _REMOTE.match(remote)
    if match is None or match["host"] not in _EDIT:
        return None
    return _EDIT[match["host"]].replace("{name}", match["name"])


def origin(folder: Path) -> str:
    """The address of the origin of the checkout that holds a folder, or "" without one."""
    git = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
