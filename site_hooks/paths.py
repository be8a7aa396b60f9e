"""Where things lie: the folders that more than one module of the build needs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYLIB = ROOT / "pylib"
HOOKS = ROOT / "site_hooks"
CLIENT = HOOKS / "client"
NODE_MODULES = ROOT / "node_modules"
# Pyodide as npm brings it.
PYODIDE = NODE_MODULES / "pyodide"
# What is kept between builds of this checkout.
CACHE = ROOT / ".cache"
