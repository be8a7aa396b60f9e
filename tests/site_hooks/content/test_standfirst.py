"""The line below a page's title, and the keys that it comes from."""

import pytest

from site_hooks.content.standfirst import KEYS, add, refuse_unknown
from site_hooks.errors import BuildError


def test_it_stands_below_the_title() -> None:
    meta = {"minutes": 12, "prerequisites": "[The loop](../index.md)"}
    assert add("# MSE\n\nText.\n", meta) == (
        "# MSE\n\n**Reading time** 12 minutes · **Before this page** [The loop](../index.md)\n"
        "{ .opening }\n\nText.\n"
    )


def test_a_page_without_a_title_of_its_own_begins_with_it() -> None:
    assert add("Text.\n", {"minutes": 3}) == ("**Reading time** 3 minutes\n{ .opening }\n\nText.\n")


def test_only_what_is_known_is_written() -> None:
    assert add("# A\n\nText.\n", {}) == "# A\n\nText.\n"
    assert "Reading time" not in add("# A\n", {"prerequisites": "nothing"})


def test_a_later_heading_is_no_title() -> None:
    text = "Text.\n\n# A comment in code\n"
    assert add(text, {"minutes": 3}).endswith(f"\n\n{text}")


def test_a_key_that_nothing_reads_and_a_button_to_nowhere_are_refused() -> None:
    where = "docs/index.md:{}".format
    refuse_unknown(dict.fromkeys(KEYS), [], where)
    actions = [{"page": "losses/mse.md"}, {"anchor": "#x"}, {"page": "gone.md"}]
    meta = {"title": "MSE", "minute": 5, "hero": {"actions": actions}}
    with pytest.raises(BuildError) as refused:
        refuse_unknown(meta, ["losses/mse.md"], where)
    key, button = str(refused.value).splitlines()
    assert key.startswith("docs/index.md:minute: unknown key minute above the page; known: title, ")
    assert button == "docs/index.md:gone.md: a button leads to gone.md, and there is no such page"
