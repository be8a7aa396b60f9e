"""The wheel in the site: it installs without a network, and is the same each time."""

import subprocess
import sys
from pathlib import Path

from site_hooks.assets import wheel


def test_two_builds_give_the_same_bytes() -> None:
    assert wheel.build() == wheel.build()


def test_the_wheel_installs_and_trains(tmp_path: Path) -> None:
    ((name, content),) = wheel.build().items()
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(tmp_path / name)], check=True)
    source = (
        "import pylib; print(pylib.__file__); from pylib.data import load_digits; "
        "from pylib.models import SoftmaxRegression; from pylib.optimizers import Adam; "
        "from pylib.losses import CrossEntropyLoss; from pylib.training import fit; "
        "X, y = load_digits(); m = SoftmaxRegression(64, 10); "
        "fit(m, CrossEntropyLoss(), Adam(m.params, lr=0.01), X, y, epochs=3); "
        "print((m.predict(X) == y).mean() > 0.9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    )
    place, trained = done.stdout.split()
    assert Path(place).is_relative_to(target)
    assert trained == "True"
