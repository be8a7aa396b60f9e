"""A course's own glossary in a site that MkDocs builds: what links to it, and what does not."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site_hooks.test_hooks import PROSE, build, notebook

OWN = """# Glossar

## V

### Verlustfunktion { #verlust data-terms="Verlustfunktion,Verlust" }

Sagt, wie falsch eine Vorhersage ist. Siehe [die Seite](losses/mse.md).
"""
PAGE = """# Verlust

Der Verlust, und noch ein Verlust: $x$.

```quiz id="frage"
Was ist ein Verlust?

- [x] eine Zahl
  Der Verlust ist eine.
- [ ] ein Vektor
  Nein.
```
"""


def links(site: Path, address: str) -> list[str]:
    html = (site / address / "index.html").read_text("utf-8")
    return [str(link["href"]) for link in BeautifulSoup(html, "html.parser").select("a.term")]


def test_a_course_s_glossary_has_its_own_terms(tmp_path: Path) -> None:
    pages = {
        "index.md": PAGE,
        "losses/mse.md": PAGE,
        "off.md": f"---\nglossary: false\n---\n{PAGE}",
        "labs/lab.ipynb": notebook(PROSE | {"source": "# Ein Labor\n\nDer Verlust `Verlust`."}),
        "glossary.md": OWN,
    }
    done = build(tmp_path, pages)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert links(site, "") == ["glossary/#verlust"]
    assert links(site, "losses/mse") == links(site, "labs/lab") == ["../../glossary/#verlust"]
    assert links(site, "off") == links(site, "glossary") == []


@pytest.mark.parametrize("is_there", [False, True])
def test_without_a_glossary_terms_are_words(tmp_path: Path, is_there: bool) -> None:
    pages = {"index.md": PAGE} | ({"glossary.md": OWN} if is_there else {})
    nav = ["index.md", "about/notices.md"]
    done = build(tmp_path, pages, nav=nav, exclude_docs="glossary.md")
    assert done.returncode == 0, done.stderr
    assert links(tmp_path / "site", "") == []


def test_an_entry_without_an_id_is_named(tmp_path: Path) -> None:
    done = build(tmp_path, {"index.md": PAGE, "glossary.md": "# G\n\n### Verlust\n"})
    assert done.returncode != 0
    assert "glossary.md:3: the glossary's entry Verlust has no id" in done.stderr
    assert "Traceback" not in done.stderr
