import re
from pathlib import Path

import pytest

from edoc_connector.model.deviations import MEANINGS

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("name", ["README.md", "README.vi.md", "docs/install.md"])
def test_every_link_of_the_documents_leads_somewhere(name):
    folder = (ROOT / name).parent

    for link in rows(name, r"\]\(([^)#:]+)\)"):
        assert (folder / link).exists(), link
