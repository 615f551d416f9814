import pytest

from edoc_connector.envelope import skeleton
from edoc_connector.envelope.skeleton import (
    RUN_BYTES,
    find_runs,
    mark_of,
    read_skeleton,
)
from edoc_connector.errors import EnvelopeMalformed

LONG = b"A" * (RUN_BYTES + 1)


def runs_of(body):
    found = read_skeleton(body, element="file")
    holder = found.root if found.root.tag == "file" else found.root.find(".//file")
    mark = mark_of(holder)
    run = None if mark is None else found.runs[mark]
    return found.root, body[run.start : run.end] if run else None


@pytest.mark.parametrize(
    "body",
    [
        b"<a><file>%s</file></a>",
        b"<a><file>\n<![CDATA[%s]]>\n</file></a>",
        b"<a><file b='x>y' c=\"d>e'\">%s</file></a>",
        b"<a><p:file xmlns:p=''>%s</p:file></a>".replace(b"p:", b"").replace(
            b":p", b""
        ),
        b"<a><!-- > <b>' --><file>%s</file></a>",
    ],
)
def test_a_long_text_stays_out_of_the_tree(body):
    root, run = runs_of(body % LONG)

    assert run == LONG
    assert root.xpath("string()").strip() == ""


@pytest.mark.parametrize(
    "body",
    [
        b"<a><file>%s</file></a>",
        b"<a><b>%s</b></a>",
    ],
)
def test_a_short_text_stays_where_it_is(body):
    found = read_skeleton(body % LONG[:-1], element="file")

    assert found.runs == ()
    assert found.root.xpath("string()") == LONG[:-1].decode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<a><b>%s</b></a>", LONG),
        (b"<a><b>%s&amp;</b></a>", LONG + b"&"),
        (b"<a><![CDATA[<b>%s<c>]]></a>", b"<b>" + LONG + b"<c>"),
        (b"<a><b>x > %s</b></a>", b"x > " + LONG),
        (b"<a><!-- %s --></a>", b""),
        (b"<a><!-- <b>%s</b> --></a>", b""),
        (b"<a><!-- <b> -->%s<c/></a>", LONG),
        (b"<a b='%s'/>", b""),
        (b"<a>%s<b/></a>", LONG),
        (b"<a><!-- x -->%s</a>", None),
    ],
)
def test_a_long_text_elsewhere_is_put_back(body, text):
    if text is None:
        with pytest.raises(EnvelopeMalformed, match="a comment inside"):
            read_skeleton(body % LONG, element="file")
        return
    if body.startswith(b"<a><!-- <b> -->"):
        with pytest.raises(EnvelopeMalformed, match="a comment inside"):
            read_skeleton(body % LONG, element="file")
        return

    found = read_skeleton(body % LONG, element="file")

    assert found.root.xpath("string()") == text.decode()


@pytest.mark.parametrize(
    "inside",
    [b"x%s<b/>", b"%s<!-- -->", b"%s<b/>", b"x<![CDATA[%s]]>", b"<![CDATA[%s]]>x"],
)
def test_a_file_is_one_text(inside):
    body = b"<file>" + inside % LONG + b"</file>"

    with pytest.raises(EnvelopeMalformed):
        runs_of(body)


def test_two_files_in_one_element_are_refused():
    body = b"<file><![CDATA[%s]]><![CDATA[%s]]></file>" % (LONG, LONG)

    with pytest.raises(EnvelopeMalformed, match="more than one text"):
        runs_of(body)


def test_a_packet_cannot_forge_the_mark():
    body = b"<a><file>%s</file><file><?edoc-run 0?></file></a>" % LONG

    with pytest.raises(EnvelopeMalformed, match="<\\?edoc-run is not allowed"):
        read_skeleton(body, element="file")


def test_the_marks_name_as_text_is_harmless():
    body = b"<a><b>edoc-run 0</b><file>%s</file></a>" % LONG

    root, run = runs_of(body)

    assert (root.findtext("b"), run) == ("edoc-run 0", LONG)


def test_a_packet_cut_off_inside_a_file_is_said_to_be_cut_off():
    with pytest.raises(EnvelopeMalformed, match="the packet ends inside"):
        read_skeleton(b"<a><file>" + LONG * 1000, element="file")


def test_more_xml_than_a_packet_needs_is_refused_before_it_is_copied(monkeypatch):
    monkeypatch.setattr(skeleton, "MAX_BYTES", 100)

    with pytest.raises(EnvelopeMalformed, match="more than 100 bytes"):
        read_skeleton(b"<a><b x='%s'/></a>" % LONG, element="file")


def test_more_long_texts_than_a_packet_needs_are_refused_while_looking(monkeypatch):
    monkeypatch.setattr(skeleton, "MAX_ELEMENTS", 2)
    body = b"<a>" + b"<b>%s</b>" % LONG * 3 + b"</a>"

    with pytest.raises(EnvelopeMalformed, match="more than 2 elements"):
        list(find_runs(body))


@pytest.mark.parametrize("size", [RUN_BYTES, RUN_BYTES + 1, 2 * RUN_BYTES, 200_000])
@pytest.mark.parametrize("before", [0, 1, *range(RUN_BYTES - 5, RUN_BYTES + 5)])
def test_a_long_text_is_found_wherever_it_begins(before, size):
    body = b"<a>" + b" " * before + b"<b>%s</b></a>" % (b"A" * size)

    found = [body[run.start : run.end] for run in find_runs(body)]

    assert (b"A" * size in found) == (size > RUN_BYTES)


@pytest.mark.parametrize("place", [0, 1, RUN_BYTES, 100_000])
def test_a_greater_sign_anywhere_in_a_long_text_leaves_it_where_it_is(place):
    text = b"A" * place + b">" + b"A" * (100_000 - place)

    assert list(find_runs(b"<a>%s</a>" % text)) == []


def test_looking_leaps_over_what_is_short():
    body = Watched(b"<a>" + b"<b>x</b>" * 100_000 + b"</a>")

    assert list(find_runs(body)) == []

    assert body.looks < 2 * len(body) / RUN_BYTES


class Watched(bytes):
    """Bytes that count how often somebody looks into them."""

    looks = 0

    def find(self, *where):
        self.looks += 1
        return super().find(*where)

    def rfind(self, *where):
        self.looks += 1
        return super().rfind(*where)
