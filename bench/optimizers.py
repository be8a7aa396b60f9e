"""How long an optimizer's step takes, beside torch.optim on one thread in the same run.

Run `python -m bench.optimizers` where torch is installed, or name a Python that has it in
TORCH_PYTHON (with NumPy); without either, pylib is measured alone.
Where Node and the runtime's NumPy wheel are at hand, pylib is measured inside Pyodide too.
Everything is float64. Prints a Markdown table of medians.
"""

import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from pylib import optimizers
from pylib.data import load_digits
from pylib.losses import CrossEntropyLoss
from pylib.models import MLP
from site_hooks.paths import user_cache

TITLE = "Optimizer steps"
ROOT = Path(__file__).parents[1]
STEPS: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 1e-3},
    "SGD, momentum": {"lr": 1e-3, "momentum": 0.9},
    "Adam": {"lr": 1e-3},
    "AdamW": {"lr": 1e-3},
}
SIZES = (10, 1_000, 100_000, 10_000_000)
EPOCHS = ("SGD", "Adam", "AdamW")
TORCH_KINDS: dict[str, dict[str, Any]] = {
    "torch, default": {},
    "torch, foreach": {"foreach": True},
}

Program = Callable[[], object]


# --- What is measured ---------------------------------------------------------------------------


def pylib_step(name: str, size: int) -> Program:
    """Return a program that takes one step over one parameter."""
    w, g = np.full(size, 0.5), np.full(size, 0.1)
    optimizer_class: Any = getattr(optimizers, name.split(",")[0])
    optimizer = optimizer_class([w], **STEPS[name])
    return lambda: optimizer.step([g])


def torch_step(name: str, size: int, settings: dict[str, Any]) -> Program:
    """Return the same step by PyTorch."""
    import torch

    w = torch.full((size,), 0.5, dtype=torch.float64, requires_grad=True)
    w.grad = torch.full_like(w, 0.1)
    optimizer_class = getattr(torch.optim, name.split(",")[0])
    program: Program = optimizer_class([w], **STEPS[name], **settings).step
    return program


def pylib_epoch(name: str) -> Program:
    """Return a program that trains the 64-32-10 network for an epoch of batches of 32."""
    X, y = load_digits()
    model, loss = MLP([64, 32, 10]), CrossEntropyLoss()
    optimizer_class: Any = getattr(optimizers, name)
    optimizer = optimizer_class(model.params, lr=1e-3)

    def epoch() -> None:
        for start in range(0, 1437, 32):
            rows = slice(start, min(start + 32, 1437))
            logits = model.forward(X[rows])
            optimizer.step(model.backward(loss.gradient(logits, y[rows])))

    return epoch


def torch_epoch(name: str, settings: dict[str, Any]) -> Program:
    """Return the same epoch by PyTorch."""
    import torch

    X, y = (torch.from_numpy(array) for array in load_digits())
    layers = torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    model, loss = torch.nn.Sequential(*layers).double(), torch.nn.CrossEntropyLoss()
    optimizer = getattr(torch.optim, name)(model.parameters(), lr=1e-3, **settings)

    def epoch() -> None:
        for start in range(0, 1437, 32):
            rows = slice(start, min(start + 32, 1437))
            optimizer.zero_grad()
            loss(model(X[rows]), y[rows]).backward()
            optimizer.step()

    return epoch


# --- Measuring ----------------------------------------------------------------------------------


def medians(programs: dict[str, Program], rounds: int, repeats: int) -> dict[str, float]:
    """Return each program's median seconds per call; they take turns in every round."""
    for program in programs.values():  # until caches are warm and WebAssembly is compiled
        end = time.perf_counter() + 0.2
        while time.perf_counter() < end:
            program()
    seconds: dict[str, list[float]] = {kind: [] for kind in programs}
    for _ in range(rounds):
        for kind, program in programs.items():
            start = time.perf_counter()
            for _ in range(repeats):
                program()
            seconds[kind].append((time.perf_counter() - start) / repeats)
    return {kind: median(times) for kind, times in seconds.items()}


def measure() -> dict[str, dict[str, float]]:
    """Return seconds by row and by kind, for pylib and, where it is installed, for PyTorch."""
    kinds: dict[str, dict[str, Any]] = {}
    if importlib.util.find_spec("torch") is not None:
        import torch

        torch.set_num_threads(1)
        kinds = TORCH_KINDS
    rows = {}
    for name in STEPS:
        for size in SIZES:
            programs = {"pylib": pylib_step(name, size)}
            programs |= {k: torch_step(name, size, settings) for k, settings in kinds.items()}
            # Many short windows: their median hardly sees what else the machine does.
            rounds, repeats = (200, 10) if size < 10_000 else (50, 1) if size < 1e6 else (15, 1)
            rows[f"step of {name}, {size:,} parameters"] = medians(programs, rounds, repeats)
    for name in EPOCHS:
        programs = {"pylib": pylib_epoch(name)}
        programs |= {k: torch_epoch(name, settings) for k, settings in kinds.items()}
        rows[f"epoch of the 64-32-10 MLP, {name}"] = medians(programs, 25, 1)
    return rows


def versions() -> str:
    """Return Python's version and those of the packages that were measured."""
    from importlib.metadata import PackageNotFoundError, version

    found = [f"Python {platform.python_version()}"]
    for package in ("numpy", "torch"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


# --- Reporting ----------------------------------------------------------------------------------


def report_of(command: list[str]) -> dict[str, Any]:
    """Run a measurement in a process of its own, on one thread, and return what it printed."""
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | threads, check=True, capture_output=True, text=True
    )
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def torch_python() -> str:
    """Return the Python that measures in CPython, the one with PyTorch if it is named."""
    return os.environ.get("TORCH_PYTHON") or sys.executable


def judged(seconds: dict[str, float]) -> list[str]:
    """Return how many times longer torch's default takes than pylib, and whether that will do."""
    ratio = seconds["torch, default"] / seconds["pylib"]
    return [f"{ratio:.2f}", f"at least 1: {'met' if ratio >= 1 else '**missed**'}"]


def pyodide_command() -> list[str] | None:
    """Return how to measure inside Pyodide, or None where the runtime is not set up."""
    wheels = user_cache() / "wheels"
    script = str(ROOT / "bench" / "optimizers_in_pyodide.mjs")
    found = any(wheels.glob("numpy-*.whl"))
    return ["node", script, str(ROOT), str(wheels)] if found else None


def duration(seconds: float | None) -> str:
    """Return a time to three digits in a fitting unit."""
    if seconds is None:
        return "–"
    unit, factor = ("µs", 1e6) if seconds < 1e-3 else ("ms", 1e3)
    value = seconds * factor
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


# Printed above the table, so that a missed bar is read with its reason.
LIMITS = (
    "From 100,000 parameters on a step is as long as its passes over memory. torch makes one where "
    "NumPy makes two or three: w − lr · g is one there, and a product and a difference here, which "
    "alone take as long as all of torch's step of SGD. pylib makes one more, to refuse a gradient "
    "that is not finite before anything moves. The classes stay spelled out: a fused path would "
    "hide the rule, and NumPy has none."
)


def markdown() -> str:
    """Measure, and return the table with what made it."""
    here = report_of([torch_python(), "-m", "bench.optimizers", "--json"])
    command = pyodide_command()
    inside: dict[str, Any] = (
        report_of(command) if command else {"rows": {}, "versions": "not measured"}
    )
    columns = [
        kind for kind in ("pylib", *TORCH_KINDS) if kind in next(iter(here["rows"].values()))
    ]
    beside = ["torch ÷ pylib", "bar"] if "torch, default" in columns else []
    lines = [
        f"Medians, float64, one thread. CPython: {here['versions']}. "
        f"Pyodide: {inside['versions']}.",
        "",
        LIMITS,
        "",
        "| | " + " | ".join([*columns, "pylib in Pyodide", *beside]) + " |",
        "|---|" + "---:|" * (len(columns) + 1 + len(beside)),
    ]
    for row, seconds in here["rows"].items():
        cells = [duration(seconds[kind]) for kind in columns]
        cells.append(duration(inside["rows"].get(row, {}).get("pylib")))
        cells += judged(seconds) if beside else []
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    if "--json" in sys.argv:
        print(json.dumps({"rows": measure(), "versions": versions()}))
    else:
        print(markdown())
