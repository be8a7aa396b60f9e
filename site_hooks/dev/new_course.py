"""`python -m site_hooks new-course FOLDER`: writes a course, ready to be built and published."""

import argparse
import json
import shutil
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from site_hooks.dev import lesson_wheel
from site_hooks.errors import BuildError
from site_hooks.paths import IS_INSTALLED

HERE = Path(__file__).parent
TEMPLATE = HERE / "course"
# The page that authors copy, with a guess, an exercise and quizzes.
FIRST_PAGE = HERE / "page.md"
PACKAGE = "loss-functions-and-optimizers"
# Where a course keeps the wheel, if it has no address to come from.
WHEELS = "wheels"


def main(arguments: list[str]) -> int:
    """Write the course; the last line says what to do next."""
    parser = argparse.ArgumentParser("new-course", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the course shall lie: new, or empty")
    parser.add_argument("--wheel", type=Path, help="the lesson's wheel, to be kept in the course")
    given = parser.parse_args(arguments)
    try:
        write(given.folder, given.wheel)
    except BuildError as error:
        print(error)
        return 1
    print(f"Written: {given.folder}. Its README.md says how to see it and how to publish it.")
    return 0


def write(folder: Path, wheel: Path | None = None) -> None:
    """A course's files, and the lesson as the one package that it requires.

    Args:
        folder: Where they go.
        wheel: The lesson's wheel; without, the one that this program was installed from. A checkout
            makes it.

    Raises:
        BuildError: The folder has something in it, or the wheel is not there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BuildError(f"{folder} is not empty; name a folder that is new")
    if wheel is not None and not wheel.is_file():
        raise BuildError(f"{wheel} is no file; `npm run wheel` in the lesson's checkout writes it")
    required = wheel or (_installed_from() if IS_INSTALLED else lesson_wheel.build())
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    shutil.copyfile(FIRST_PAGE, folder / "docs" / "first-page.md")
    if isinstance(required, Path):
        (folder / WHEELS).mkdir()
        shutil.copyfile(required, folder / WHEELS / required.name)
        required = f"./{WHEELS}/{required.name}"
    (folder / "requirements.txt").write_text(f"{required}\n", encoding="utf-8")


def _installed_from() -> str | Path:
    """What pip was told to install: a wheel here, the address of one, or a version."""
    package = distribution(PACKAGE)
    told = json.loads(package.read_text("direct_url.json") or "{}")
    if "archive_info" not in told:
        return f"{PACKAGE}=={package.version}"
    address = urlsplit(told["url"])
    if address.scheme != "file":
        digest = told["archive_info"]["hashes"]["sha256"]
        return f"{PACKAGE} @ {told['url']}#sha256={digest}"
    wheel = Path(url2pathname(unquote(address.path)))
    if not wheel.is_file():
        raise BuildError(f"{wheel} is not there any more; say where it is: --wheel PATH")
    return wheel
