"""`python -m site_hooks new-language LANGUAGE`: the interface's words, to be translated."""

import argparse
import json
import re
from pathlib import Path

from site_hooks import words
from site_hooks.errors import BuildError


def main(arguments: list[str]) -> int:
    """Write the file beside mkdocs.yml; the last line says what to do next."""
    parser = argparse.ArgumentParser("new-language", description=__doc__)
    parser.add_argument("language", help="as Material for MkDocs names it: fr, pt-BR")
    given = parser.parse_args(arguments)
    try:
        path = write(given.language, Path())
    except BuildError as error:
        print(error)
        return 1
    print(f"Written: {path}. Translate it, and set theme.language to {given.language}.")
    return 0


def write(language: str, site: Path) -> Path:
    """All words as the lesson has them: in this language, where it has some, else in English.

    Args:
        language: Its name.
        site: The folder of mkdocs.yml.

    Raises:
        BuildError: There is such a file, this is not a site's folder, or no language is named so.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)?", language):
        raise BuildError(f"{language} is no name of a language; write one such as fr or pt-BR")
    if not (site / "mkdocs.yml").is_file():
        raise BuildError("there is no mkdocs.yml here; change to the folder of the site")
    path = site / words.OWN / f"{language}.json"
    if path.exists():
        raise BuildError(f"{path} is there; edit it, or delete it for a new one")
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(words.of(language), ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", "utf-8")
    return path
