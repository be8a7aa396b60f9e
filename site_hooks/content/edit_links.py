"""Where a page can be edited: its file at the forge that the checkout is pushed to."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

# git@host:owner/name.git, ssh://git@host/owner/name, https://host/owner/name.git
_REMOTE = re.compile(
    r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)(?P<host>[\w.-]+)[:/](?P<name>[\w./~-]+?)(?:\.git)?/?$"
)
_EDIT = {
    "github.com": "https://github.com/{name}/edit/{branch}/{path}",
    "gitlab.com": "https://gitlab.com/{name}/-/edit/{branch}/{path}",
    "codeberg.org": "https://codeberg.org/{name}/_edit/{branch}/{path}",
}
BRANCH = "main"


@dataclass(frozen=True)
class Forge:
    """What a forge has of a folder of pages."""

    template: str
    """The address at which a page is edited, with {path} for its file below the folder."""
    pages: frozenset[str]
    """The files below the folder that are there."""

    def edit_link(self, page: str) -> str | None:
        """Where a page is edited; None for one that was not pushed there."""
        return self.template.replace("{path}", page) if page in self.pages else None


def edit_template(remote: str, branch: str = BRANCH, folder: str = "docs/") -> str | None:
    """The address at which a page's file is edited, with {path} for the file.

    Args:
        remote: The address that git pushes to.
        branch: The branch there.
        folder: The folder of the pages in the repository, "" or ending in a slash.

    Returns:
        None where the forge is not a known one.
    """
    match = _REMOTE.match(remote)
    if match is None or match["host"] not in _EDIT:
        return None
    address = _EDIT[match["host"]].replace("{name}", match["name"]).replace("{branch}", branch)
    return address.replace("{path}", f"{folder}{{path}}")


def forge_of(docs: Path) -> Forge | None:
    """The forge that the checkout around a folder of pages is pushed to, or None.

    A clone whose branch is pushed to another remote than "origin" belongs to that one. What a
    forge has is what git saw there when it last fetched or pushed.
    """
    # "course/main", of the branch that is checked out; a build service often checks out none.
    pushed = _git(docs, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{push}")
    head = _git(docs, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "origin/HEAD")
    seen = next((ref for ref in (pushed, head) if "/" in ref), "")
    remote, _, branch = seen.partition("/")
    address = _git(docs, "remote", "get-url", remote or "origin")
    template = edit_template(address, branch or BRANCH, _git(docs, "rev-parse", "--show-prefix"))
    if template is None:
        return None
    files = _git(docs, "ls-tree", "-r", "-z", "--name-only", seen or "HEAD", ".")
    return Forge(template, frozenset(files.split("\0")))


def _git(folder: Path, *arguments: str) -> str:
    """What git prints, or "" where it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
