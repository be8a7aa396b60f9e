"""Where things lie: the folders that more than one module of the build needs."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYLIB = ROOT / "pylib"
HOOKS = ROOT / "site_hooks"
CLIENT = HOOKS / "client"
NODE_MODULES = ROOT / "node_modules"
# Pyodide as npm brings it.
PYODIDE = NODE_MODULES / "pyodide"
# What a wheel of the lesson brings ready-made: who installs it has no Node.js and no checkout.
PREBUILT = HOOKS / "prebuilt"
IS_INSTALLED = PREBUILT.is_dir()
# The lesson's pages, and the settings that they are built with.
PAGES = (PREBUILT if IS_INSTALLED else ROOT) / "docs"
SETTINGS = (PREBUILT if IS_INSTALLED else ROOT) / "mkdocs.yml"
# The name of the folder that is kept between builds of all checkouts.
PROJECT = "loss-functions-and-optimizers"


def user_cache() -> Path:
    """The platform's cache folder for this project, shared by all checkouts of a user."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / PROJECT


# What is kept between builds of this checkout.
CACHE = user_cache() / "builds" if IS_INSTALLED else ROOT / ".cache"
