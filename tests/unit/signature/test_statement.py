from pathlib import Path

import pytest
from lxml import etree

from edoc_connector.model.stages import Content
from edoc_connector.signature.fields import leaves
from edoc_connector.signature.statement import render, statement, statement_digest
from tests.support.builders import document, status
from tests.support.seals import every_field

HERE = Path(__file__).parents[2]
GOLDEN = HERE / "data" / "0.1"
SCHEMA = HERE.parent / "schemas" / "seal-statement.xsd"

CONTENTS = [
    pytest.param(every_field(), id="every-field"),
    pytest.param(document(), id="document"),
    pytest.param(status(), id="status"),
]


@pytest.mark.parametrize(
    ("content", "name", "digest"),
    [
        (
            every_field(),
            "statement-document.xml",
            "03cb9afdbb74caf324b8d77d1c0fac2c2fc114dc0c921a68a1167676d2e99a76",
        ),
        (
            status(),
            "statement-status.xml",
            "5b7a13a090cf1df0c5433cbdf6cc6d00558888499f75753e88906549a6e13682",
        ),
    ],
    ids=["document", "status"],
)
def test_the_bytes_of_a_statement_are_fixed_for_ever(
    content: Content, name: str, digest: str
) -> None:
    assert statement(content) == (GOLDEN / name).read_bytes()
    assert statement_digest(content) == digest


@pytest.mark.parametrize("content", CONTENTS)
def test_a_statement_is_its_own_canonical_form(content: Content) -> None:
    written = statement(content)

    canonical = etree.tostring(
        etree.fromstring(written), method="c14n", exclusive=True, with_comments=False
    )

    assert written == canonical


@pytest.mark.parametrize("content", CONTENTS)
def test_a_statement_fits_its_schema(content: Content) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))

    schema.assertValid(etree.fromstring(statement(content))[0])


def test_the_schema_refuses_what_is_no_statement() -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    untrimmed = statement(document()).replace(b"<Email>", b"<Email> ", 1)

    assert not schema.validate(etree.fromstring(untrimmed)[0])


@pytest.mark.parametrize("content", CONTENTS)
def test_a_statement_read_by_eye_has_the_paths_and_values_of_its_leaves(
    content: Content,
) -> None:
    root = etree.fromstring(statement(content))[0]

    read = [(tuple(_names(one)), one.text) for one in root.iter() if len(one) == 0]

    stated = [
        (tuple(step.partition("[")[0] for step in path.split("/")), value)
        for path, value in leaves(content)
    ]
    assert read == stated


def _names(element: etree._Element) -> list[str]:
    above = [etree.QName(one).localname for one in element.iterancestors()]
    return [*reversed(above[:-2]), etree.QName(element).localname]


def test_siblings_do_not_run_together() -> None:
    written = render((("To/OrganId", "a"), ("To[2]/OrganId", "b"))).decode()

    assert "<To><OrganId>a</OrganId></To><To><OrganId>b</OrganId></To>" in written


def test_markup_in_a_value_stays_a_value() -> None:
    written = statement(document(subject="</Subject><Subject>&")).decode()

    assert "<Subject>&lt;/Subject&gt;&lt;Subject&gt;&amp;</Subject>" in written
