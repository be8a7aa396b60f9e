"""The lab as a learner downloads it: a Jupyter notebook that runs from top to bottom."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LESSON

EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=300).execute()
figures = sum("image/png" in output.get("data", {})
              for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
print("figures", figures)
"""


@pytest.mark.parametrize("path", [path for path in LESSON if path.suffix == ".ipynb"], ids=str)
def test_the_notebook_runs_in_jupyter_with_pylib_installed(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(path)],
        # Jupyter chooses its own backend, whatever other tests have chosen.
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "MPLBACKEND": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) >= 2
