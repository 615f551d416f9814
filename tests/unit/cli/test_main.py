import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from edoc_connector import __version__
from edoc_connector.cli import chosen, command, common_first
from edoc_connector.cli.exit_codes import MEANINGS, exit_code_table
from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import ExitCode, every_error
from edoc_connector.language import Language
from tests.support.catalogue import translations
from tests.support.shell import edoc

ROOT = Path(__file__).parents[3]
HEAVY = ("sqlalchemy", "alembic", "lxml", "cryptography", "pika", "rich", "msgspec")


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a person calls it, in a process of its own."""
    code = "import sys; from edoc_connector.cli import main; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_help_is_quick_because_it_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from edoc_connector.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(sorted(sys.modules), file=sys.stderr)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "'click'" in done.stderr
    assert [name for name in HEAVY if f"'{name}'" in done.stderr] == []


def test_help_is_in_the_language_asked_for():
    assert process("--lang", "vi", "--help").stdout.startswith(
        "Cách dùng: edoc [TÙY CHỌN]"
    )
    assert process("--help").stdout.startswith("Usage: edoc [OPTIONS]")
    assert process("--help", EDOC_LANG="vi").stdout.startswith("Cách dùng:")


def test_help_in_vietnamese_leaves_nothing_in_english():
    shown = process("--lang", "vi", "--help").stdout

    for word in ("Usage", "Options", "Commands", "Show", "the", "settings file"):
        assert f" {word} " not in shown.replace("\n", " ")


def test_mistakes_are_told_in_the_language_asked_for():
    done = process("--lang", "vi", "settings", "show", "--jsn")

    assert done.returncode == ExitCode.USAGE
    assert "Lỗi: Không có tùy chọn '--jsn'. Có phải là '--json'?" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["axis", "check"], "Thiếu tham số 'TỆP'."),
        (["directory", "merge"], "Thiếu tham số 'MÃ...'."),
        (["axis", "draw", "/"], "Giá trị không hợp lệ cho 'TỆP': "),
        (
            ["axis", "plan", "x", "-o", __file__],
            f"'--output': '{__file__}' là tệp, không phải thư mục.",
        ),
        (["ping", "H20", "--timeout", "x"], "x không phải là số nguyên"),
        (["ping", "H20", "--timeout", "0"], "phải là từ 1 đến 3600"),
        (["init", "x"], "Thiếu tùy chọn '--code' / '--name' / '--axis-url'."),
    ],
    ids=lambda it: " ".join(it[:2]) if isinstance(it, list) else "",
)
def test_what_is_wrong_is_called_in_vietnamese_as_its_help_calls_it(typed, told):
    done = process("--lang", "vi", *typed)

    assert done.returncode == ExitCode.USAGE
    assert told in done.stderr


ENGLISH = re.compile(r"\b(CODE|DAY|DIR|FILE|FLOAT|INTEGER|NAME|NUMBER|PATH|TEXT)\b")
"""What stands for a value in our help, and in click's own."""


def pages(group, path, parent=None):
    context = click.Context(
        group, info_name=path, parent=parent, obj=Invocation(Language.VIETNAMESE)
    )
    with context:
        yield context.command_path, group.get_help(context)
    for name in getattr(group, "list_commands", lambda _: [])(context):
        yield from pages(group.get_command(context, name), name, context)


def test_no_page_of_help_in_vietnamese_has_a_value_in_english():
    shown = dict(pages(command, "edoc"))

    assert len(shown) > 50
    assert {path for path, page in shown.items() if ENGLISH.search(page)} == set()


def test_the_version_is_told(capsys):
    assert edoc(capsys, "--version") == (0, f"edoc {__version__}\n", "")


def test_an_unknown_command_is_a_mistake_of_the_caller(capsys):
    code, out, err = edoc(capsys, "rnu")

    assert (code, out) == (ExitCode.USAGE, "")
    assert "No such command 'rnu'." in err


def test_what_goes_wrong_is_one_line_with_its_code(capsys):
    code, out, err = edoc(
        capsys, "--settings", "/nowhere/edoc.toml", "settings", "show"
    )

    assert (code, out) == (ExitCode.SETTINGS, "")
    assert err == (
        "Error: the settings file /nowhere/edoc.toml cannot be read:"
        " No such file or directory [settings-unreadable]\n"
    )


def test_all_problems_of_the_settings_are_listed(capsys, tmp_path):
    path = tmp_path / "edoc.toml"
    path.write_text("langauge = 'vi'\n", encoding="utf-8")

    code, _, err = edoc(capsys, "settings", "check", str(path))

    lines = err.splitlines()
    assert code == ExitCode.SETTINGS
    assert lines[0].endswith(f"problems: {len(lines) - 1} [settings-refused]")
    assert lines[1].endswith("did you mean language? [setting-unknown]")


def test_every_command_is_there_and_explains_itself():
    context = command.make_context("edoc", ["settings"], resilient_parsing=True)
    missing = []

    for name in command.list_commands(context):
        found = command.get_command(context, name)
        if found is None:
            missing.append(name)
            continue
        assert found.help, name
        for sub in getattr(found, "commands", {}).values():
            assert sub.help, (name, sub.name)

    assert missing == []


def test_every_help_text_is_in_the_catalogue():
    known = translations()
    context = command.make_context("edoc", ["settings"], resilient_parsing=True)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        every = [found, *getattr(found, "commands", {}).values()] if found else []
        for each in every:
            texts = [each.help, *(getattr(param, "help", "") for param in each.params)]
            for text in filter(None, texts):
                assert text in known, (name, text)


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "vi", "run"], "vi"),
        (["run", "--lang=en"], "en"),
        (["--lang"], ""),
        (["run"], ""),
        ([], ""),
    ],
)
def test_the_language_is_known_before_the_arguments_are_read(arguments, language):
    assert chosen(arguments) == language


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["document", "list", "--lang", "vi"], ["--lang", "vi", "document", "list"]),
        (["run", "-v", "--once"], ["-v", "run", "--once"]),
        (["run", "--settings=/x"], ["--settings=/x", "run"]),
        (["verify", "--", "--lang", "-v"], ["verify", "--", "--lang", "-v"]),
        (["run", "--lang"], ["--lang"]),
        ([], []),
    ],
)
def test_what_holds_for_every_command_may_stand_after_it(typed, read):
    assert common_first(typed) == read


def test_every_exit_code_has_a_meaning_and_a_use():
    used = {kind.exit_code for kind in every_error()}

    assert set(ExitCode) <= MEANINGS.keys()
    assert used <= set(ExitCode)


def test_readme_has_the_table_of_exit_codes():
    assert exit_code_table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_shows_what_help_shows():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert f"```text\n{process('--help').stdout}```" in readme


def test_the_vietnamese_readme_shows_what_help_shows():
    readme = (ROOT / "README.vi.md").read_text(encoding="utf-8")

    assert f"```text\n{process('--lang', 'vi', '--help').stdout}```" in readme
