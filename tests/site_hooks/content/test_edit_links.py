"""Edit links lead to the forge that the checkout is pushed to, and nowhere else."""

import subprocess
from pathlib import Path

import pytest

from site_hooks.content.edit_links import edit_template, forge_of


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


def git(folder: Path, *arguments: str) -> None:
    name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *name, *arguments], check=True, capture_output=True)


def commit(folder: Path, page: str) -> None:
    (folder / "docs" / page).parent.mkdir(parents=True, exist_ok=True)
    (folder / "docs" / page).write_text("# A\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-m", page)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a lesson with one page, which its remote knows by a forge's address."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--initial-branch", "trunk")
    commit(origin, "losses/mse.md")
    git(tmp_path, "clone", str(origin), str(clone))
    git(clone, "remote", "set-url", "origin", "https://github.com/some/lesson.git")
    return clone


def test_a_page_of_ones_own_has_no_link_to_a_forge_that_has_not_got_it(clone: Path) -> None:
    commit(clone, "log-cosh.md")
    (clone / "docs/draft.md").write_text("# Draft\n", encoding="utf-8")
    forge = forge_of(clone / "docs")
    assert forge
    assert forge.edit_link("losses/mse.md") == (
        "https://github.com/some/lesson/edit/trunk/docs/losses/mse.md"
    )
    assert forge.edit_link("log-cosh.md") is None
    assert forge.edit_link("draft.md") is None


def test_a_clone_that_is_pushed_elsewhere_leads_there(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--bare", "course")
    git(clone, "remote", "add", "course", str(tmp_path / "course"))
    commit(clone, "log-cosh.md")
    git(clone, "push", "--set-upstream", "course", "trunk")
    git(clone, "remote", "set-url", "course", "git@gitlab.com:uni/course.git")
    forge = forge_of(clone / "docs")
    assert forge
    for page in ("log-cosh.md", "losses/mse.md"):
        assert forge.edit_link(page) == f"https://gitlab.com/uni/course/-/edit/trunk/docs/{page}"


def test_a_fork_is_its_own_origin(clone: Path) -> None:
    commit(clone, "log-cosh.md")
    git(clone, "update-ref", "refs/remotes/origin/trunk", "HEAD")  # as after a push
    git(clone, "remote", "set-url", "origin", "https://codeberg.org/me/fork")
    forge = forge_of(clone / "docs")
    assert forge
    assert forge.edit_link("log-cosh.md") == (
        "https://codeberg.org/me/fork/_edit/trunk/docs/log-cosh.md"
    )


def test_a_build_service_that_checks_out_a_commit_knows_its_files(clone: Path) -> None:
    git(clone, "checkout", "--detach")
    git(clone, "update-ref", "-d", "refs/remotes/origin/trunk")
    git(clone, "symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    forge = forge_of(clone / "docs")
    assert forge
    assert forge.edit_link("losses/mse.md") == (
        "https://github.com/some/lesson/edit/main/docs/losses/mse.md"
    )


def test_a_folder_outside_git_has_no_forge(tmp_path: Path) -> None:
    assert forge_of(tmp_path) is None
