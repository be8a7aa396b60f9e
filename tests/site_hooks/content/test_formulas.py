"""Formulas: found where they are, rendered with MathML, refused with page and formula."""

import re
from pathlib import Path

import pytest

from site_hooks.content import formulas
from site_hooks.errors import BuildError

INLINE = r'<p>A <span class="arithmatex">\(x &lt; y\)</span>.</p>'
DISPLAY = '<div class="arithmatex">\\[\n\\frac{1}{n} \\sum_i r_i^2\n\\]</div>'


def render(html: str, page: str = "", *, dollars: bool = False, cache: Path) -> str:
    own = formulas.Formulas(cache)
    marked = own.taken(html, lambda tex: f"{page}:{len(tex)}", dollars=dollars)
    own.draw()
    return own.put(marked)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "formulas"


def test_an_inline_formula_keeps_its_meaning_for_screen_readers(cache: Path) -> None:
    html = render(INLINE, cache=cache)
    assert html.startswith('<p>A <span class="arithmatex"')
    assert "<math" in html
    assert "<mo>&lt;</mo>" in html
    assert 'class="katex-html" aria-hidden="true"' in html
    assert r"\(" not in html


def test_a_display_formula_is_a_block_of_its_own(cache: Path) -> None:
    html = render(DISPLAY, cache=cache)
    assert html.startswith('<div class="arithmatex"')
    assert 'class="katex-display"' in html
    assert 'display="block"' in html


def test_all_formulas_of_a_page_are_rendered_each_once(cache: Path) -> None:
    html = render(INLINE + DISPLAY + INLINE, cache=cache)
    assert html.count('class="katex"') == 3
    assert len(list(cache.iterdir())) == 2


def test_what_was_rendered_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = render(INLINE, cache=cache)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert render(INLINE, cache=cache) == first


def test_a_page_without_formulas_asks_for_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert render("<p>5 $ or 6 $</p>", cache=cache) == "<p>5 $ or 6 $</p>"
    assert not cache.exists()


@pytest.mark.parametrize("wrong", [r"\frac{a", r"\nosuchcommand", "x % a comment"])
def test_a_wrong_formula_is_refused_with_page_and_formula(cache: Path, wrong: str) -> None:
    html = f'<span class="arithmatex">\\({wrong}\\)</span>'
    with pytest.raises(BuildError) as refused:
        render(html, "losses/mse.md", cache=cache)
    assert str(refused.value).startswith(f"losses/mse.md:{len(wrong)}: formula {wrong}: ")
    assert not cache.exists()


def test_every_wrong_formula_of_a_page_is_named(cache: Path) -> None:
    html = "".join(f'<span class="arithmatex">\\({tex}\\)</span>' for tex in (r"\a1", "x", r"\b2"))
    with pytest.raises(BuildError) as refused:
        render(html, "index.md", cache=cache)
    assert [line.split(": ")[1] for line in str(refused.value).splitlines()] == [
        r"formula \a1",
        r"formula \b2",
    ]


def test_a_wrong_formula_is_forgotten_with_the_page_that_had_it(cache: Path) -> None:
    own = formulas.Formulas(cache)
    own.taken(r'<span class="arithmatex">\(\a1\)</span>', str)
    with pytest.raises(BuildError):
        own.draw()
    own.begin()
    own.taken(INLINE, str)
    own.draw()


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (r"The step $\beta_1$", "The step β₁"),
        (r"$x^2$ and $\hat y$", "x² and ŷ"),
        (r"$\frac{a+b}{2}$", "(a+b)/2"),
        (r"$\hat m_t / \sqrt{\hat v_t}$", "m̂ₜ/√(v̂ₜ)"),
        (r"$\text{lr} = 10^{-3}$", "lr = 10⁻³"),
        (r"$\sum_{i} r_i^2$, $w_{t+1}$", "∑ᵢrᵢ², wₜ₊₁"),
        (r"$\argmin_w$", "arg min_w"),
        ("It costs $5 and $6", "It costs $5 and $6"),
    ],
)
def test_a_title_that_is_read_as_text_has_its_formulas_in_letters(
    cache: Path, title: str, words: str
) -> None:
    own = formulas.Formulas(cache)
    own.taken_title(title, str)
    own.draw()
    assert own.worded_title(title) == words


def test_a_title_is_text_but_for_its_formulas(cache: Path) -> None:
    own = formulas.Formulas(cache)
    marked = own.taken_title("<b> & $a < b$", str)
    own.draw()
    html = own.put(marked)
    assert html.startswith('&lt;b&gt; &amp; <span class="arithmatex"')
    assert "<mo>&lt;</mo>" in html


def test_a_missing_node_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BuildError, match=r"Node\.js"):
        render(INLINE, cache=cache)


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("<p>The weight $w$ and $\\hat y = w x$.</p>", 2),
        ("<p>$$\\frac{1}{n}$$</p>", 1),
        ("<p>$$\na = b\n$$</p>", 1),
        ("<p>It costs 5$ or $6.</p>", 0),
        ("<p>Escaped: \\$x\\$</p>", 0),
        ("<p><code>$x$</code></p><pre><code>'$y$'</code></pre>", 0),
        ('<py-cell id="a"><pre>f"${x}$"</pre></py-cell>', 0),
        ("<p>$a &lt; b$</p>", 1),
    ],
)
def test_notebooks_write_dollars(cache: Path, html: str, count: int) -> None:
    found = render(html, dollars=True, cache=cache)
    assert found.count('class="katex"') == count
    if count == 0:
        assert found == html


def test_the_lesson_has_names_of_its_own(cache: Path) -> None:
    html = render(r'<div class="arithmatex">\[\argmin_w \sign(w) \softmax(z)\]</div>', cache=cache)
    assert "softmax" in html


def test_aligned_rows_of_fractions_do_not_touch(cache: Path) -> None:
    def height(row: str, end: str) -> float:
        tex = rf"\begin{{aligned}} a &= {row} \\{end} b &= {row} \end{{aligned}}"
        html = render(f'<div class="arithmatex">\\[{tex}\\]</div>', cache=cache)
        (em,) = re.findall(r'class="katex-strut" style="height:([\d.]+)em', html)
        return float(em)

    fraction = r"\frac{1}{2}"
    assert height(fraction, "\n") > height(fraction, " ") + 0.5  # rows end where their lines end
    assert height("2", "\n") == height("2", " ")
