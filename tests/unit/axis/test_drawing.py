"""The tree of an axis, as text and as a picture."""

from lxml import etree

from edoc_connector.axis.reading import read_axis
from edoc_connector.axis.svg import NAMESPACE, draw
from tests.support.shell import edoc
from tests.unit.axis.test_reading import NATIONAL

TREE = """\
national (central) · amqps://axis.example.vn:5671 · A01, B01, G01, G09, G12, G17
├─ G09 · G09
├─ tay-ninh (province) · amqps://axis.tayninh.example.vn:5671 · H53, H39
│  ├─ H53 · H53; also 000.00.00.H53, H39
│  ├─ H53.14 · H53.14, H53.14.2; also 000.00.14.H53
│  └─ H53.communes · H53.101, H53.102, H53.103
└─ ha-noi (province) · amqps://axis.hanoi.example.vn:5671 · H26
   ├─ H26 · H26
   ├─ H26.9 · H26.9
   └─ H26.201 · H26.201
"""


def test_on_the_terminal_it_is_a_tree(capsys):
    assert edoc(capsys, "axis", "draw", str(NATIONAL)).out == TREE


def test_each_broker_and_node_has_a_box_and_each_but_the_root_a_line():
    axis = read_axis(NATIONAL)
    drawing = etree.fromstring(draw(axis, "A < B", lambda it: (repr(it),)))

    def count(name: str) -> int:
        return len(drawing.findall(f".//{{{NAMESPACE}}}{name}"))

    things = len(axis.broker) + len(axis.node)
    assert count("g") == things
    assert count("path") == things - 1
    assert drawing.findtext(f"{{{NAMESPACE}}}title") == "A < B"


def test_no_box_lies_on_another():
    drawing = etree.fromstring(draw(read_axis(NATIONAL), "", lambda _: ()))
    boxes = [
        [int(rect.get(name)) for name in ("x", "y", "height")]
        for rect in drawing.findall(f".//{{{NAMESPACE}}}g/{{{NAMESPACE}}}rect")
    ]

    for x, y, height in boxes:
        below = [top for left, top, _ in boxes if left == x and top > y]
        assert all(top >= y + height for top in below)


def test_a_picture_is_written_in_the_language_of_its_reader(capsys, tmp_path):
    path = tmp_path / "axis.svg"

    edoc(capsys, "axis", "draw", str(NATIONAL), "--svg", str(path), "--lang", "vi")

    assert "tay-ninh (tỉnh)" in path.read_text("utf-8")


def test_where_a_picture_cannot_be_written_it_says_so(capsys, tmp_path):
    done = edoc(capsys, "axis", "draw", str(NATIONAL), "--svg", str(tmp_path))

    assert done.code == 2
    assert "Traceback" not in done.err
