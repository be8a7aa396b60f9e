"""The first use of each term in a page's prose leads to the glossary, and nothing else does."""

import re

import pytest
from bs4 import BeautifulSoup

from site_hooks.content.glossary import Glossary
from site_hooks.errors import BuildError
from tests.conftest import DOCS

TEXT = """# Glossary

## G

### Gradient { #gradient data-terms="gradient,gradients" }

Points uphill.

### Gradient descent { #descent }

### Newton’s method { #newton }

### KL divergence { #kl data-terms="KL divergence, Kullback–Leibler divergence" }

```text
### No entry
```
"""


@pytest.fixture
def glossary() -> Glossary:
    made = Glossary()
    made.of_site(TEXT)
    return made


def words(html: str) -> list[tuple[str, str]]:
    """Each link to an entry: the entry, and the words."""
    links = BeautifulSoup(html, "html.parser").select("a.term")
    return [(str(link["href"]).removeprefix("../glossary/#"), link.text) for link in links]


def linked(glossary: Glossary, html: str) -> list[tuple[str, str]]:
    made = glossary.linked(html, "../glossary/")
    assert re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"\1", made, flags=re.DOTALL) == html
    return words(made)


def test_the_first_use_of_each_term_is_a_link(glossary: Glossary) -> None:
    html = "<p>The gradient, and gradients.</p><p>Gradient descent and the <b>gradient</b>.</p>"
    assert linked(glossary, html) == [("gradient", "gradient"), ("descent", "Gradient descent")]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Gradient.</p>", "Gradient"),
        ("<p>the\ngradient’s size</p>", "gradient"),
        ("<ul><li>a gradient</li></ul>", "gradient"),
        ("<table><tr><td>its gradients</td></tr></table>", "gradients"),
        ("<p>Newton's method</p>", "Newton's method"),
        ("<p>gradient\n  descent</p>", "gradient\n  descent"),
        ("<p>Kullback–Leibler divergence</p>", "Kullback–Leibler divergence"),
        ('<p>if a &lt; b<br>and <img alt="a > b"> a gradient</p>', "gradient"),
        ('<h2 id="sources">S</h2><p>x</p><h2>T</h2><p>a gradient</p>', "gradient"),
        ("<p><a>a</p><p>a gradient</p>", "gradient"),
    ],
)
def test_prose_is_linked(glossary: Glossary, html: str, found: str) -> None:
    assert [text for _, text in linked(glossary, html)] == [found]


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Gradient</h1>",
        '<h3 id="a">The gradient<a class="headerlink" href="#a">#</a></h3>',
        "<p><code>gradient</code></p>",
        "<pre><code>gradient</code></pre>",
        '<p><a href="x">the <em>gradient</em></a></p>',
        '<p><span class="arithmatex">gradient</span></p>',
        "<p><math><mi>gradient</mi></math></p>",
        "<table><tr><th>gradient</th></tr></table>",
        '<p class="opening">Gradient</p>',
        '<div class="admonition"><p class="admonition-title">Gradient</p></div>',
        "<details><summary>Gradient</summary></details>",
        "<py-cell><p>gradient</p></py-cell>",
        "<lesson-quiz><p>gradient</p></lesson-quiz>",
        '<div class="doc doc-object doc-class"><p>The gradient</p></div>',
        "<p><button>gradient</button></p>",
        '<div class="decision"><ol><li><p>the gradient</p></li></ol></div>',
        '<div data-fence="3">gradient</div>',
        '<h2 id="sources">Sources</h2><ul><li>On gradients</li></ul>',
        "<p>gradiently non-gradient gradient-free gradients_</p>",
        "<!-- <p>gradient</p> -->",
        "<p title='gradient'>x</p>",
    ],
)
def test_what_is_no_prose_stays(glossary: Glossary, html: str) -> None:
    assert linked(glossary, html) == []


def test_a_site_without_a_glossary_stays_as_it_is(glossary: Glossary) -> None:
    glossary.of_site(None)
    assert linked(glossary, "<p>The gradient</p>") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "### Gradient\n",
            "entry Gradient has no id; write ### Gradient { #gradient }",
        ),
        ("### Lion { .big }\n", "write ### Lion { #lion }"),
        ('### A { #a }\n### B { #b data-terms="b,a" }\n', "has the term a twice, below A and B"),
    ],
)
def test_an_entry_that_leads_nowhere_is_refused(text: str, told: str) -> None:
    with pytest.raises(BuildError, match=re.escape(told)) as caught:
        Glossary().of_site(text, lambda words: f"glossary.md:{len(words)}")
    assert str(caught.value).startswith("glossary.md:")


def test_the_lesson_s_glossary_is_in_order_and_whole() -> None:
    text = (DOCS / "glossary.md").read_text("utf-8")
    Glossary().of_site(text)
    entries = re.split(r"^### ", text.partition('<div class="glossary"')[2], flags=re.MULTILINE)[1:]
    titles = [entry.partition(" {")[0] for entry in entries]
    assert titles == sorted(titles, key=lambda title: title.lower().replace("-", " "))
    assert re.findall(r"^## (\w)$", text, re.MULTILINE) == sorted({title[0] for title in titles})
    letters = re.findall(r"\[(\w)\]\(#(\w)\)", text)
    assert [name for name, _ in letters] == sorted({title[0] for title in titles})
    for entry in entries:
        _, meaning, where = entry.strip().split("\n\n")[:3]
        sentences = re.findall(r"[.!?](?= |$)", re.sub(r"\$.*?\$", "", meaning))
        assert 1 <= len(sentences) <= 3, entry
        assert re.search(r"\[[^\]]+\]\([\w/-]+\.(?:md|ipynb)\)$", where), entry
    ids = re.findall(r"^### .*\{ #([\w-]+)", text, re.MULTILINE)
    assert set(re.findall(r"\]\(#([\w-]{2,})\)", text)) <= {*ids, "symbols"}


FURTHER = """
Backpropagation|Initialization|Gradient check|Calibration|Quantile|KL divergence|Distillation
Temperature|Exponential moving average|Gradient accumulation|Gradient clipping|Mixed precision
AMSGrad|Lion|Muon|Schedule-Free|Condition number|Newton’s method|L-BFGS|Sharpness
Edge of stability|Filter normalization|Batch size|Class imbalance|Hessian|Loss landscape
"""


@pytest.mark.parametrize("term", re.split(r"[|\n]", FURTHER.strip()))
def test_the_terms_of_the_further_pages_are_in_it(term: str) -> None:
    assert f"\n### {term} {{ #" in (DOCS / "glossary.md").read_text("utf-8")


# --- The lesson's pages ---

# What a page may say with a term's letters and another sense: the first use must not be there.
OTHER_SENSES = re.compile(
    r"\[steps?\] \d+ and|same \[steps\] with|is not the \[divergence\]|\[iterates\] in"
    r"|\[threshold\] \d|beyond the \[clip|[Cc]lass \[weights\]"
    r"|classes need \[weights\]|or a \[weight\] \|"
)


@pytest.fixture(scope="module")
def lesson() -> Glossary:
    made = Glossary()
    made.of_site((DOCS / "glossary.md").read_text("utf-8"))
    return made


@pytest.mark.parametrize("page", [str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")])
def test_no_first_use_is_of_another_sense(lesson: Glossary, page: str) -> None:
    text = re.sub(r"^(`{3,}).*?^\1$", "", (DOCS / page).read_text("utf-8"), flags=re.M | re.S)
    text = re.sub(r"^#.*$|`[^`\n]*`|\$[^$\n]*\$|\[[^\]\n]*\]\([^)\n]*\)", "", text, flags=re.M)
    linked = lesson.linked(f"<p>{text.replace('<', '')}</p>", "")
    seen = re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"[\1]", linked, flags=re.DOTALL)
    assert OTHER_SENSES.findall(seen) == []


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("class weights", "class-imbalance"),
        ("the KL divergence", "kl-divergence"),
        ("batch norm", "batch-normalization"),
        ("logistic regression", "logistic-regression"),
        ("the norm", "norm"),
    ],
)
def test_a_longer_term_wins(lesson: Glossary, words: str, entry: str) -> None:
    assert lesson.linked(f"<p>{words}</p>", "").count(f'href="#{entry}"') == 1
