"""pylib as a wheel, for notebooks on a laptop; flit_core makes it, the same every time."""

import os
import tempfile
from pathlib import Path
from unittest import mock

from flit_core.wheel import make_wheel_in

from site_hooks.paths import ROOT

# The earliest date that a zip file can hold; flit_core gives it to every file.
EPOCH = "315532800"


def build() -> dict[str, bytes]:
    """The wheel's file name and its bytes."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ):
        os.environ["SOURCE_DATE_EPOCH"] = EPOCH
        wheel = make_wheel_in(ROOT / "pyproject.toml", Path(folder)).file
        return {wheel.name: wheel.read_bytes()}
