"""Edit links lead to the forge that holds the checkout, and nowhere else."""

import pytest

from site_hooks.content.edit_links import edit_template


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/some/course.git",
        "https://token@github.com/some/course",
        "git@github.com:some/course.git",
        "ssh://git@github.com/some/course.git",
    ],
)
def test_every_form_of_a_remote_gives_the_same_address(remote: str) -> None:
    assert edit_template(remote) == "https://github.com/some/course/edit/main/docs/{path}"


def test_other_forges() -> None:
    assert edit_template("git@gitlab.com:group/sub/course.git") == (
        "https://gitlab.com/group/sub/course/-/edit/main/docs/{path}"
    )


@pytest.mark.parametrize(
    "remote", ["", "/srv/git/course", "../course", "https://git.example.edu/a/b"]
)
def test_an_unknown_place_gives_no_address(remote: str) -> None:
    assert edit_template(remote) is None
