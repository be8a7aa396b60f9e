"""What editors know before Python is there: names of Python and of the libraries, as JSON."""

import importlib.metadata
import os
import sys

from site_hooks import kept, side_by_side
from site_hooks.errors import BuildError
from site_hooks.paths import CACHE, PYLIB, ROOT

LIBRARIES = (
    *("numpy", "numpy.linalg", "numpy.random", "numpy.ndarray"),
    *("matplotlib.pyplot", "matplotlib.axes.Axes"),
    *("collections", "copy", "dataclasses", "functools", "itertools", "json", "math", "random"),
    *("statistics", "time"),
    *("pylib.data", "pylib.gradcheck", "pylib.microscope", "pylib.plots", "pylib.surfaces"),
    # With what their classes hold.
    *("pylib.losses*", "pylib.models*", "pylib.optimizers*", "pylib.schedules*", "pylib.training*"),
)


def index() -> bytes:
    """The members of each module and class, in JSON, as `pylib.kernel.names` describes them.

    Raises:
        BuildError: A library cannot be imported.
    """
    versions = [
        sys.version,
        *(importlib.metadata.version(name) for name in ("numpy", "matplotlib")),
    ]
    name = kept.key(*versions, *LIBRARIES, kept.digest(ROOT, kept.tree(PYLIB)))
    return kept.made(CACHE / "names" / name, _listed)


def _listed() -> bytes:
    command = [sys.executable, "-W", "ignore", "-m", "pylib.kernel.names", *LIBRARIES]
    done = side_by_side.run(command, cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"})
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise BuildError(f"the names for the editor cannot be listed: {last}")
    return done.stdout.encode()
