"""Whatever is changed in meaning during a rebuild is refused, and the field is named.

Tried with every leaf of the statement: changed, or taken away.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from edoc_connector.errors import ContentChanged, EnvelopeMalformed
from edoc_connector.signature.fields import leaves
from tests.support.rebuild import EDXML, EFFECTS, drop_objects, rebuild
from tests.support.seals import every_field, opened, sealed_packet

PACKET = sealed_packet(every_field())
HEADERS = ("MessageHeader", "Bussiness")
SENDER = "From/OrganId"
KEPT = [effect for effect in EFFECTS if effect is not drop_objects]
"""What nodes do and leave the sealer's own copy of the statement there."""


def fields_of(root):
    """Every element with a value that is sealed, under its path in the statement."""
    found = {}
    for name in HEADERS:
        header = next(root.iter(f"{EDXML}{name}"))
        above = "" if name == "MessageHeader" else f"{name}/"
        found |= dict(walk(header, above))
    return found


def walk(element, above):
    seen = {}
    for child in element:
        name = etree.QName(child).localname
        seen[name] = seen.get(name, 0) + 1
        number = f"[{seen[name]}]" if seen[name] > 1 else ""
        if len(child):
            yield from walk(child, f"{above}{name}{number}/")
        else:
            yield f"{above}{name}{number}", child


def another(value):
    """Another value of the same kind."""
    if value == "true":
        return "false"
    if re.fullmatch(r"\d{4}/\d\d/\d\d", value):
        return "2026/10/07"
    if value == "3":  # the last of some tables
        return "2"
    return str(int(value) + 1) if value.isdigit() else f"{value}x"


def change(element):
    element.text = another(element.text)


def take_away(element):
    element.getparent().remove(element)


PATHS = sorted(fields_of(etree.fromstring(PACKET)))


def test_every_leaf_of_the_statement_but_the_files_is_tried():
    stated = {path for path, _ in leaves(every_field())}

    assert set(PATHS) == {it for it in stated if not it.startswith("Attachment")}
    assert len(PATHS) > 70


def refused(effects, path, tampering):
    def tamper(root):
        tampering(fields_of(root)[path])

    with pytest.raises(ContentChanged) as error:
        opened(rebuild(PACKET, [tamper, *effects]))
    return error.value.details


@pytest.mark.parametrize("path", PATHS)
def test_a_value_that_was_changed_during_a_rebuild_is_named(path):
    was = fields_of(etree.fromstring(PACKET))[path].text

    details = refused(KEPT, path, change)

    assert (details["field"], details["expected"]) == (path, was)


@pytest.mark.parametrize("path", [path for path in PATHS if path != SENDER])
def test_a_value_that_was_lost_during_a_rebuild_is_named(path):
    details = refused(KEPT, path, take_away)

    assert details["field"] == path


def test_a_packet_that_lost_its_sender_is_no_packet():
    with pytest.raises(EnvelopeMalformed, match="From has no OrganId"):
        refused(KEPT, SENDER, take_away)


@given(
    path=st.sampled_from(PATHS),
    effects=st.lists(st.sampled_from(KEPT), unique=True),
    tampering=st.sampled_from([change, take_away]),
)
def test_it_is_named_whatever_else_happened(path, effects, tampering):
    if path == SENDER:
        tampering = change

    assert refused(effects, path, tampering)["field"] == path


@given(path=st.sampled_from(PATHS), effects=st.lists(st.sampled_from(EFFECTS)))
def test_without_the_sealers_own_copy_it_is_refused_all_the_same(path, effects):
    details = refused([*effects, drop_objects], path, change)

    assert details["field"] == "content"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("To", "To/OrganId"),
        ("Appendix", "OtherInfo/Appendixes/Appendix"),
        ("ResponseFor", "ResponseFor/OrganId"),
        ("TaskCode", "ResponseForTask/TaskCode"),
        ("Place", "ToPlaces/Place"),
        ("Receiver", "Bussiness/BussinessDocumentInfo/ReceiverList/Receiver/OrganId"),
    ],
)
def test_fields_of_one_name_in_another_order_are_named(name, field):
    def exchange(root):
        last = [*root.iter(f"{EDXML}{name}")][-1]
        last.getprevious().addprevious(last)

    with pytest.raises(ContentChanged) as error:
        opened(rebuild(PACKET, [exchange, *KEPT]))

    assert error.value.details["field"] == field


@pytest.mark.parametrize(
    ("change_of", "part"),
    [
        (lambda text: text[:-8] + "AAAA" + text[-4:], "SHA-256"),
        (lambda text: text + "AAAA" if text[-1] != "=" else text[:-4], "size"),
    ],
    ids=["bytes", "size"],
)
def test_a_file_that_was_changed_during_a_rebuild_is_named(change_of, part):
    def tamper(root):
        encoded = next(root.iter(f"{EDXML}ContentTransferEncoded"))
        encoded.text = change_of(encoded.text)

    with pytest.raises(ContentChanged) as error:
        opened(rebuild(PACKET, [tamper, *KEPT]))

    assert error.value.details["field"] == f'Attachment "công văn.pdf" {part}'
