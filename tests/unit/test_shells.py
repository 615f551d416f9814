"""Who catches everything is named here; why it may is in `docs/adr/0032`."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import edoc_connector

PACKAGE = Path(edoc_connector.__file__).parent
WIDE = {"Exception", "BaseException"}

SHELLS = {
    "bus/guarded.py": 1,
    "bus/line.py": 1,
    "bus/outward.py": 1,
    "bus/wire.py": 1,
    "cli/failures.py": 1,
    "cli/status_look.py": 1,
    "daemon/desk.py": 2,
    "daemon/loop.py": 1,
    "daemon/round.py": 1,
    "daemon/service.py": 1,
    "demo/broker.py": 1,
    "dms/source.py": 1,
    "doctor/examine.py": 1,
    "flows/attempts.py": 1,
    "flows/each.py": 1,
    "flows/evidence/recheck.py": 1,
    "flows/incoming/accept.py": 1,
    "flows/incoming/company.py": 2,
    "flows/incoming/deliver.py": 2,
    "flows/incoming/inspection.py": 1,
    "flows/incoming/setting_aside.py": 1,
    "flows/outgoing/looking.py": 2,
    "flows/outgoing/passage.py": 3,
    "flows/outgoing/seal.py": 3,
    "flows/outgoing/settling.py": 1,
    "flows/outgoing/take.py": 1,
    "flows/statuses/progress.py": 2,
    "flows/together.py": 2,
    "storage/content.py": 1,
}


def handlers() -> Iterator[tuple[str, ast.ExceptHandler]]:
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and is_wide(node):
                yield file.relative_to(PACKAGE).as_posix(), node


def is_wide(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return bool(WIDE & {it.id for it in ast.walk(handler.type) if is_name(it)})


def is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def test_only_shells_catch_everything():
    assert Counter(module for module, _ in handlers()) == SHELLS


@pytest.mark.parametrize(
    ("module", "handler"),
    [
        pytest.param(*it, id=f"{it[0]}:{it[1].lineno}")
        for it in handlers()
        if it[0].startswith("flows/")
    ],
)
def test_no_shell_of_one_thing_swallows_what_it_has_caught(module, handler):
    inside = [node for statement in handler.body for node in ast.walk(statement)]

    is_raised = any(isinstance(node, ast.Raise) for node in inside)
    is_used = any(is_name(it) and it.id == handler.name for it in inside)
    assert is_raised or is_used, f"{module}, line {handler.lineno}"
