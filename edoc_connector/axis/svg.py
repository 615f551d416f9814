"""The tree of an axis as an SVG: brokers from left to right, their nodes beside them.

The words are given by the caller: a drawing is in the language of its reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree
from lxml.builder import ElementMaker

from edoc_connector.axis.description import Axis, Broker, Node
from edoc_connector.axis.drawing import children

NAMESPACE: Final = "http://www.w3.org/2000/svg"
E: Final = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})

WIDTH, GAP, MARGIN = 250, 70, 24
ROW, BROKER_HEIGHT, NODE_HEIGHT = 12, 62, 40
CHARACTERS: Final = 38
"""What a box has room for; a longer text ends in an ellipsis, its tooltip is whole."""

INK, LINE, PAPER = "#1f2933", "#7b8794", "#ffffff"
COLOURS: Final = {"broker": "#dbeafe", "node": "#f1f5f9"}

Words = Callable[[Broker | Node], tuple[str, ...]]
"""The lines in the box of a thing, the first in bold."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where one thing is drawn."""

    thing: Broker | Node
    x: int
    y: int
    height: int

    @property
    def middle(self) -> int:
        """The height at which lines arrive and leave."""
        return self.y + self.height // 2


def draw(axis: Axis, title: str, words: Words) -> bytes:
    """Return the drawing as an SVG file."""
    root = next(broker for broker in axis.broker if not broker.parent)
    boxes: dict[int, Box] = {}
    bottom = _place(axis, root, (MARGIN, MARGIN + 36), boxes)
    right = max(box.x for box in boxes.values()) + WIDTH + MARGIN
    size = {"width": str(right), "height": str(bottom + MARGIN)}
    drawing = E.svg(
        E.title(title),
        E.rect(size, fill=PAPER),
        E.text(title, _style(18, "bold"), x=str(MARGIN), y=str(MARGIN + 14)),
        {**size, "viewBox": f"0 0 {right} {bottom + MARGIN}"},
        *(_line(*pair) for pair in _pairs(axis, boxes)),
        *(_drawn(box, words(box.thing)) for box in boxes.values()),
    )
    return etree.tostring(
        drawing, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )


def _place(
    axis: Axis, thing: Broker | Node, at: tuple[int, int], boxes: dict[int, Box]
) -> int:
    """Put a thing and all below it; return the height where the next one begins."""
    x, y = at
    height = BROKER_HEIGHT if isinstance(thing, Broker) else NODE_HEIGHT
    below = children(axis, thing) if isinstance(thing, Broker) else ()
    bottom = y
    for child in below:
        bottom = _place(axis, child, (x + WIDTH + GAP, bottom), boxes)
    bottom = max(bottom, y + height + ROW)
    middle = (y + bottom - ROW - height) // 2
    boxes[id(thing)] = Box(thing, x, middle, height)
    return bottom


def _pairs(axis: Axis, boxes: Mapping[int, Box]) -> Iterator[tuple[Box, Box]]:
    for broker in axis.broker:
        for child in children(axis, broker):
            yield boxes[id(broker)], boxes[id(child)]


def _line(left: Box, right: Box) -> etree._Element:
    start, end = left.x + WIDTH, right.x
    half = (start + end) // 2
    way = f"M {start} {left.middle} H {half} V {right.middle} H {end}"
    is_link = isinstance(right.thing, Broker)
    return E.path(
        d=way,
        fill="none",
        stroke=INK if is_link else LINE,
        **{"stroke-width": "2.5" if is_link else "1"},
    )


def _drawn(box: Box, lines: tuple[str, ...]) -> etree._Element:
    kind = "broker" if isinstance(box.thing, Broker) else "node"
    corner = {"x": str(box.x), "y": str(box.y), "width": str(WIDTH)}
    frame = {"height": str(box.height), "rx": "6", "fill": COLOURS[kind]}
    texts = [
        E.text(
            _short(line),
            _style(13 if number == 0 else 11, "normal" if number else "bold"),
            x=str(box.x + 10),
            y=str(box.y + 17 + 16 * number),
        )
        for number, line in enumerate(lines)
    ]
    rect = E.rect({**corner, **frame}, stroke=LINE)
    return E.g(E.title("\n".join(lines)), rect, *texts)


def _style(size: int, weight: str) -> dict[str, str]:
    return {
        "font-family": "sans-serif",
        "font-size": str(size),
        "font-weight": weight,
        "fill": INK,
    }


def _short(text: str) -> str:
    return text if len(text) <= CHARACTERS else text[: CHARACTERS - 1] + "…"
