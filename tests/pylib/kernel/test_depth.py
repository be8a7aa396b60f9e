"""How much of Python code needs: by its imports; and that pylib's modules need no more."""

import subprocess
import sys
from pathlib import Path

import pytest

import pylib
from pylib.kernel.depth import depth

DEPTHS = {
    "print(1)": "python",
    "import random, statistics": "python",
    "from pylib.kernel import needs": "numpy",
    "import numpy as np": "numpy",
    "import numpy.random": "numpy",
    "from numpy import array": "numpy",
    "from pylib.losses import MSELoss": "numpy",
    "import pylib.optimizers as o": "numpy",
    "import matplotlib.pyplot as plt": "all",
    "from pylib.plots import plot_loss": "all",
    "from pylib import plots": "all",
    "import numpy\nif False:\n    import matplotlib": "all",
    "def f():\n    import numpy": "numpy",
    "import numpyish, matplotliber": "python",
    "from . import numpy": "python",
    "import (": "python",
    "'\0'": "python",
}


@pytest.mark.parametrize(("source", "expected"), DEPTHS.items(), ids=repr)
def test_the_depth_is_that_of_the_deepest_import(source: str, expected: str) -> None:
    assert depth(source) == expected


FOLDER = Path(pylib.__file__).parent
MODULES = sorted({path.stem for path in FOLDER.glob("[a-z]*")} - {"kernel", "py"})


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_pylib_imports_no_more_than_its_depth_has(name: str) -> None:
    code = (
        f"import sys\nimport pylib.{name}\nprint('all' if 'matplotlib' in sys.modules else 'numpy')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == depth(f"import pylib.{name}").replace("python", "numpy")


def test_what_runs_cells_imports_python_only() -> None:
    code = "import sys, pylib.kernel.execute\nprint({'numpy', 'matplotlib'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
