"""Runs inside a Pyodide that starts lean: which modules its start, cells and a first plot need.

It imports nothing that would be taken for theirs.
"""

import sys
from typing import Any

STDLIB = "/lib/python3.14"
SITE = f"{STDLIB}/site-packages"
ZIPPED = "/lib/python314.zip"

# What pylib.kernel and plain cells import: what of it Pyodide's start has not makes a pack.
PYTHON_RUN = """
import base64, collections, contextlib, copy, dataclasses, difflib, functools, hashlib, inspect, io
import itertools, json, linecache, math, random, re, string, textwrap, time, traceback, types
import typing, zlib
"""
# What cells with NumPy import, as numpy.load does, and what else few plain cells do.
NUMPY_RUN = """
import csv, encodings.cp437, pathlib, statistics, zipfile
import numpy as np, numpy.random, numpy.typing
"""
# What a first plot does: its modules and files make the packs that come last.
PLOT_RUN = """
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
figure, axes = plt.subplots()
axes.plot([1, 2], label="$x$")
axes.contourf(np.eye(3))
axes.contour(np.eye(3))
axes.legend()
figure.savefig(io.BytesIO(), format="png")
plt.close(figure)
"""


def needed() -> list[dict[str, str]]:
    """Name -> path of the modules that are there at the start, and after each of the runs."""
    namespace: dict[str, Any] = {}
    stages = [loaded()]
    for program in (PYTHON_RUN, NUMPY_RUN, PLOT_RUN):
        exec(program, namespace)
        stages.append(loaded())
    return stages


def loaded() -> dict[str, str]:
    """Name -> path of the modules that are imported now, the standard library's in STDLIB."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None) or ""
        if spec and spec.name == name and origin.startswith((ZIPPED, SITE)):
            found[name] = origin.replace(ZIPPED, STDLIB)
        elif spec and origin == "" and spec.submodule_search_locations:
            found[name] = next(iter(spec.submodule_search_locations))  # a namespace package
    return {name: path for name, path in found.items() if path.startswith(STDLIB)}
