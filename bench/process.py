"""What a Chromium uses, read from Linux's /proc: seconds of processor, and memory."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.report import SkippedError

PROC = Path("/proc")


@dataclass(frozen=True)
class Usage:
    """Memory is the page's own process's, the largest renderer: PSS, and the highest RSS so far."""

    processor_seconds: float
    megabytes: float
    peak_megabytes: float


@dataclass(frozen=True)
class _Process:
    id: int
    parent: int
    seconds: float
    command: str


def usage(profile: Path) -> Usage:
    """What the Chromium with this profile uses by now; the seconds are those of all its processes.

    Raises:
        SkippedError: this is not Linux.
    """
    if sys.platform != "linux":
        raise SkippedError("a process's memory and seconds are read from Linux's /proc")
    ours = _family(profile)
    renderers = [process for process in ours if "--type=renderer" in process.command]
    largest = max(renderers, key=lambda process: _pss(process.id))
    return Usage(
        processor_seconds=sum(process.seconds for process in ours),
        megabytes=_pss(largest.id),
        peak_megabytes=_megabytes(PROC / str(largest.id) / "status", "VmHWM"),
    )


def _family(profile: Path) -> list[_Process]:
    """The browser and all its descendants."""
    everyone = list(filter(None, map(_read, PROC.iterdir())))
    found = [p for p in everyone if str(profile) in p.command and "--type=" not in p.command]
    for process in found:  # grows while it is gone through
        found += [p for p in everyone if p.parent == process.id and p not in found]
    return found


def _read(folder: Path) -> _Process | None:
    if not folder.name.isdigit():
        return None
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_text()
    except OSError:
        return None  # it ended meanwhile
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return _Process(int(folder.name), int(fields[1]), seconds, command)


def _pss(process: int) -> float:
    return _megabytes(PROC / str(process) / "smaps_rollup", "Pss")


def _megabytes(file: Path, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", file.read_text(), re.MULTILINE)
    assert found is not None, f"{file} says nothing of {name}"
    return int(found[1]) * 1024 / 1e6
