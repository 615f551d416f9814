import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from edoc_connector import cli
from edoc_connector.model.deviations import MEANINGS

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.vi.md")
LINK = r"\]\(([^)#:]+)"


def rows(name: str, pattern: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(pattern, text, re.MULTILINE)


@pytest.mark.parametrize("pattern", [r"^\| (\d+) \|", r"^\| (`edoc[^`]*`) \|"])
def test_both_readmes_list_the_same_commands_and_exit_codes(pattern):
    english = rows("README.md", pattern)

    assert len(english) > 8
    assert rows("README.vi.md", pattern) == english


def test_every_deviation_is_documented_with_its_meaning():
    documented = dict(
        re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", table(), re.MULTILINE)
    )

    assert documented == {kind.value: text for kind, text in MEANINGS.items()}


def table() -> str:
    text = (ROOT / "docs/dialects.md").read_text(encoding="utf-8")
    return text.partition("## Every deviation")[2].partition("## What is refused")[0]


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_commands_names_each_command_once(name):
    context = click.Context(cli.command, info_name="edoc")
    every = sorted(commands(cli.command, context, "edoc"))

    named = sorted(
        max(
            (it for it in every if f"{row} ".startswith(f"{it} ")), key=len, default=row
        )
        for row in rows(name, r"^\| `(edoc[^`]*)`")
    )

    assert named == every


def commands(group: click.Group, context: click.Context, path: str) -> Iterator[str]:
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, context, f"{path} {name}")
        else:
            yield f"{path} {name}"


def documents() -> list[str]:
    pages = sorted(ROOT.glob("docs/**/*.md"))
    return [*READMES, *(str(page.relative_to(ROOT)) for page in pages)]


@pytest.mark.parametrize("name", documents())
def test_every_link_of_the_documents_leads_somewhere(name):
    folder = (ROOT / name).parent

    for link in rows(name, LINK + r"[^)]*\)"):
        assert (folder / link).exists(), link


@pytest.mark.parametrize("readme", READMES)
def test_every_page_is_found_from_the_readme_in_its_language(readme):
    suffix = readme.removeprefix("README")
    pages = {
        path
        for path in map(str, documents())
        if path.startswith("docs/") and path.endswith(".vi.md") == (suffix == ".vi.md")
    }

    assert pages <= linked_from(readme)


def linked_from(readme: str) -> set[str]:
    """Every page that somebody comes to who follows links: those of adr/ are listed."""
    found: set[str] = set()
    waiting = [readme]
    while waiting:
        page = waiting.pop()
        found.add(page)
        folder = (ROOT / page).parent
        for link in rows(page, LINK):
            path = (folder / link).resolve()
            listed = sorted(path.glob("*.md")) if path.is_dir() else [path]
            names = {str(it.relative_to(ROOT)) for it in listed if it.suffix == ".md"}
            waiting += names - found - {"README.md", "README.vi.md"}
    return found


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("docs/*.vi.md")), ids=lambda it: it.name
)
def test_a_page_in_two_languages_leads_to_the_other_one(page):
    english = page.name.replace(".vi.md", ".md")

    assert english in rows(f"docs/{page.name}", LINK)
    assert page.name in rows(f"docs/{english}", LINK)
