"""What editors know before Python is there: names of Python and of the libraries, as JSON."""

import subprocess
import sys
from functools import cache

from site_hooks.errors import BuildError
from site_hooks.paths import ROOT

LIBRARIES = (
    *("numpy", "numpy.linalg", "numpy.random", "numpy.ndarray"),
    *("matplotlib.pyplot", "matplotlib.axes.Axes"),
    *("collections", "copy", "dataclasses", "functools", "itertools", "json", "math", "random"),
    *("statistics", "time"),
    *("pylib.data", "pylib.gradcheck", "pylib.plots", "pylib.surfaces"),
    # With what their classes hold.
    *("pylib.losses*", "pylib.models*", "pylib.optimizers*", "pylib.schedules*", "pylib.training*"),
)


@cache
def index() -> bytes:
    """The members of each module and class, in JSON, as `pylib.kernel.names` describes them.

    Raises:
        BuildError: A library cannot be imported.
    """
    command = [sys.executable, "-W", "ignore", "-m", "pylib.kernel.names", *LIBRARIES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise BuildError(f"the names for the editor cannot be listed: {last}")
    return done.stdout
