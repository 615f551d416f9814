"""The results as a picture: documents a second for each size, beside the floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from bench.system.plan import Case, Results, Way
from bench.system.table import name_of, size_of

WIDTH: Final = 760
LABEL: Final = 190
BAR: Final = 18
GAP: Final = 6
HEAD: Final = 34
ROOM: Final = 150
"""For the figure behind a bar."""

COLOURS: Final = {
    Way.FLOOR: "#9aa5b1",
    Way.EXCHANGE: "#1d6fb8",
    Way.ONE_WAY: "#7fb2dd",
    Way.UPLOAD: "#e08a1e",
}


def plot(results: Results) -> str:
    """Return an SVG: a panel for each size, a bar for each case, its own scale."""
    panels = [list(group) for _, group in groupby(results.cases, lambda it: it.size)]
    height = sum(map(_height, panels)) + GAP
    body = "\n".join(_panels(results, panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">\n'
        f"<title>Documents a second, beside the floor</title>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        f"{body}\n</svg>\n"
    )


def _height(panel: Sequence[Case]) -> int:
    return HEAD + len(panel) * (BAR + GAP)


def _panels(results: Results, panels: Sequence[Sequence[Case]]) -> Iterator[str]:
    top = 0
    for panel in panels:
        title = f"{size_of(panel[0].size)}: documents a second"
        yield f'<text x="8" y="{top + 22}" font-weight="bold">{title}</text>'
        most = max(results.per_second(case).most for case in panel)
        for number, case in enumerate(panel):
            y = top + HEAD + number * (BAR + GAP)
            yield from _bar(results, case, y=y, scale=(WIDTH - LABEL - ROOM) / most)
        top += _height(panel)


def _bar(results: Results, case: Case, *, y: int, scale: float) -> Iterator[str]:
    figures = results.per_second(case)
    width = max(figures.median * scale, 1)
    middle = y + BAR / 2
    base = y + BAR - 5
    words = f"{name_of(case)}, {case.workers} w"
    ratio = "" if case.way is Way.UPLOAD else f" ({results.ratio(case):.0%})"
    least, most = (LABEL + it * scale for it in (figures.least, figures.most))
    yield f'<text x="{LABEL - 8}" y="{base}" text-anchor="end">{words}</text>'
    yield (
        f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}"'
        f' fill="{COLOURS[case.way]}"/>'
    )
    yield (
        f'<line x1="{least:.1f}" x2="{most:.1f}" y1="{middle}" y2="{middle}"'
        ' stroke="#222222" stroke-width="1.5"/>'
    )
    x = max(LABEL + width, most) + 8
    yield f'<text x="{x:.1f}" y="{base}">{figures.median:.0f}{ratio}</text>'
