"""White space of pages: what shows it, or runs, keeps every character of its own."""

import pytest

from site_hooks.publish import white_space


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<ul>\n  \n    <li>\n  One\n  word </li>\n\n</ul>", "<ul>\n<li>\nOne\nword </li>\n</ul>"),
        ("<b>a</b>  <i>b</i>", "<b>a</b>  <i>b</i>"),
        ("<b>a</b>\n\n  <i>b</i>", "<b>a</b>\n<i>b</i>"),
    ],
)
def test_a_run_of_it_becomes_one_line_s_end(page: str, left: str) -> None:
    assert white_space.without(page) == left


@pytest.mark.parametrize(
    "kept",
    [
        "<pre><code>def f():\n\n    return 1\n</code></pre>",
        '<PRE class="a">x\n\n  y</PRE>',
        "<script>\n\n  a();\n</script>",
        "<style>\n\n  a {}\n</style>",
        "<textarea>\n\n x</textarea>",
        '<py-cell check="a = 1\n\n\nif a > 0:\n    b" id="c">x</py-cell>',
        "<p title='a\n\n > b'>x</p>",
        "<!-- a\n\n > b -->",
    ],
)
def test_what_shows_or_runs_it_keeps_it(kept: str) -> None:
    assert white_space.without(kept) == kept
    assert white_space.without(f"<div>\n\n{kept}\n\n</div>") == f"<div>\n{kept}\n</div>"
