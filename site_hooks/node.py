"""Runs the build's Node.js scripts."""

import shutil
from pathlib import Path

from site_hooks import side_by_side
from site_hooks.errors import BuildError
from site_hooks.paths import ROOT


def run(script: Path, *arguments: str, stdin: str = "", failure: str) -> str:
    """What a script prints.

    Args:
        script: the script.
        arguments: its arguments.
        stdin: what it reads.
        failure: what it means when it fails, such as "the client cannot be bundled".

    Raises:
        BuildError: Node.js is missing, or the script fails; then its own words follow.
    """
    node = shutil.which("node")
    if node is None:
        raise BuildError(f"{failure}: Node.js was not found; install Node.js 20 or newer")
    done = side_by_side.run([node, str(script), *arguments], stdin=stdin, cwd=ROOT)
    if done.returncode:
        raise BuildError(f"{failure}:\n{done.stderr.strip()}")
    return done.stdout
