"""How long `mkdocs build` takes: in a copy of the checkout with nothing made before, and again."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.report import AtMost, Figure, SkippedError, table
from bench.site import ROOT
from bench.start import REPEATS, temporary
from site_hooks.paths import user_cache

TITLE = "Build time"


def copy_checkout(folder: Path) -> None:
    """Copies what git knows or would add; the npm packages are linked."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")


def build(checkout: Path, cache: Path, out: Path) -> float:
    """Seconds of one build, as `npm run build` starts it."""
    environment = {"PYTHONPATH": str(checkout), "PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    begin = time.perf_counter()
    done = subprocess.run(
        [*command, str(out)],
        cwd=checkout,
        env=os.environ | environment | {"XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"the site cannot be built:\n{done.stderr}")
    return seconds


def figures(cold: list[float], warm: list[float]) -> list[Figure]:
    """Both builds beside their bars."""
    return [
        Figure("cold", "s", cold, bar=AtMost(60)),
        Figure("warm", "s", warm, bar=AtMost(5)),
    ]


def markdown() -> str:
    """Measure, and return the table."""
    wheels = user_cache() / "wheels"
    if sys.platform != "linux" or not wheels.is_dir():
        raise SkippedError("it needs Linux, and the packages that npm run build downloads")
    first, second = [], []
    for _ in range(REPEATS):
        with temporary() as folder:
            checkout, cache = folder / "checkout", folder / "cache"
            copy_checkout(checkout)
            shutil.copytree(wheels, cache / wheels.parent.name / wheels.name)
            first.append(build(checkout, cache, folder / "site"))
            second.append(build(checkout, cache, folder / "site"))
    words = (
        "`mkdocs build --strict` in a copy of the checkout. Cold: the downloads are there and "
        "nothing else, so all cells are run, all formulas drawn, and the packs of bytecode made. "
        "Warm: the same again, with nothing changed."
    )
    return "\n\n".join([words, table(figures(first, second))])


if __name__ == "__main__":
    print(markdown())
