"""What a missing or too old tool, or a port in use, says: one line that tells what to do."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node") or "node"


def find_python(path: Path) -> "subprocess.CompletedProcess[str]":
    """Looks for a Python with only `path` to look in."""
    script = "import('./site_hooks/dev/setup.mjs').then(s => console.log(s.findPython().join(' ')))"
    return subprocess.run(
        [NODE, "-e", script], cwd=ROOT, env={"PATH": str(path)}, capture_output=True, text=True
    )  # fmt: skip


def test_no_python_at_all(tmp_path: Path) -> None:
    done = find_python(tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().startswith("Python 3.11 or newer is needed. None was found.")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Python is a shell script")
def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3.8\n")
    old.chmod(0o755)
    done = find_python(tmp_path)
    assert "Found only: python3 is 3.8." in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Python is a shell script")
def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    for name, version in [("python3", "3.8"), ("python3.13", "3.13")]:
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    assert find_python(tmp_path).stdout.strip() == "python3.13"


def test_a_port_in_use_is_said_before_anything_is_built() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [NODE, "site_hooks/dev/tasks.mjs", "start"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is in use." in done.stderr


def test_an_unknown_task_names_those_that_exist() -> None:
    done = subprocess.run(
        [NODE, "site_hooks/dev/tasks.mjs", "deploy"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    known = (
        "start, build, check, check-cells, package, handout, test, "
        "wheel, new-course, new-language, bench"
    )
    assert f"known: {known}" in done.stderr
