"""On what was measured: the date, the machine, the versions."""

import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from bench import browser_driver
from bench.optimizers import torch_python
from site_hooks.paths import PYODIDE


def head() -> str:
    """The first lines of the results."""
    return "\n".join(
        [
            "# Results",
            "",
            "Made by `npm run bench`; `python -m bench PART` measures a part anew. Figures are "
            "medians; the range of all repeats stands in brackets.",
            "",
            f"- Date: {datetime.date.today().isoformat()}",
            f"- Machine: {_machine()}",
            f"- Versions: {', '.join(_versions())}",
        ]
    )


def now() -> str:
    """The time, and how busy the machine is before anything is measured."""
    time = datetime.datetime.now().strftime("%Y-%m-%d %H:%M")
    return f"{time}, load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else time


def _machine() -> str:
    words = [f"{os.cpu_count()} cores", platform.machine()]
    if sys.platform == "linux":
        memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
        model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        words[-1] += f" ({model[1]})" if model else ""
        words += [f"{int(memory[1]) * 1024 / 1e9:.0f} GB of memory"] if memory else []
        words.append(platform.freedesktop_os_release()["PRETTY_NAME"])
    return ", ".join([*words, f"{platform.system()} {platform.release()}"])


def _versions() -> list[str]:
    package = json.loads((PYODIDE / "package.json").read_text())
    found = [
        *_browsers(),
        f"Node {_first_line('node', '--version').removeprefix('v')}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("numpy", "matplotlib", "playwright")),
        f"Pyodide {package['version']}",
    ]
    torch = _first_line(torch_python(), "-c", "import torch; print(torch.__version__)")
    return [*found, f"torch {torch}"] if torch else found


def _browsers() -> list[str]:
    chromium = _first_line(os.environ.get("CHROMIUM") or "/usr/bin/chromium", "--version")
    others = [
        browser_driver.version(name)
        for name in browser_driver.NAMES
        if browser_driver.program(name)
    ]
    return [name for name in (chromium, *others) if name]


def _first_line(*command: str) -> str:
    """What a program says, or nothing where it fails."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode else done.stdout.strip().partition("\n")[0]
