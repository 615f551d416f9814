"""The list of mutations fits the code as it is."""

from __future__ import annotations

import pytest

from tests.faults.mutate import PROJECT
from tests.faults.mutations import MUTATIONS

AT_LEAST = 15


def test_there_are_as_many_mutations_as_were_promised():
    assert len(MUTATIONS) >= AT_LEAST
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda it: it.name)
def test_each_mutated_text_stands_once_in_the_code(mutation):
    assert mutation.edits
    for edit in mutation.edits:
        text = (PROJECT / edit.file).read_text(encoding="utf-8")

        assert text.count(edit.text) == 1, edit.text
        assert edit.instead != edit.text


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda it: it.name)
def test_each_mutation_leaves_a_program(mutation):
    for edit in mutation.edits:
        text = (PROJECT / edit.file).read_text(encoding="utf-8")

        compile(text.replace(edit.text, edit.instead), edit.file, "exec")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda it: it.name)
def test_the_tests_that_are_to_notice_are_there(mutation):
    for test in mutation.tests:
        file, _, _ = test.partition("::")

        assert (PROJECT / file).is_file()
