"""What the bench of the whole system says of its runs is what they were."""

from __future__ import annotations

from lxml import etree

from bench.system.plan import Case, Measured, Plan, Results, Way
from bench.system.plot import plot
from bench.system.table import line_of, table

FLOOR = Case(way=Way.FLOOR, size=200_000, workers=1)
WHOLE = Case(way=Way.EXCHANGE, size=200_000, workers=1)
ONE_WAY = Case(way=Way.ONE_WAY, size=200_000, workers=1)
ONE, MANY = (
    Case(way=Way.UPLOAD, size=200_000, workers=1, recipients=many) for many in (1, 30)
)


def run(case, per_second, sender=1.0):
    return Measured(
        case=case,
        documents=100,
        per_second=per_second,
        known_per_second=per_second / 2,
        processor={"sender": sender, "receiver": 2.0, "broker": 3.0},
        memory={"sender": 80, "receiver": 90, "broker": 200},
    )


def results(*more):
    return Results((run(FLOOR, 500), run(WHOLE, 250), run(FLOOR, 100), *more))


def test_a_ratio_is_to_the_floor_of_the_same_round():
    assert results(run(WHOLE, 30)).ratio(WHOLE) == (250 / 500 + 30 / 100) / 2


def test_the_table_has_a_row_for_each_case_and_says_what_many_recipients_cost():
    more = run(WHOLE, 30), run(ONE, 90, sender=2.0), run(MANY, 45, sender=5.0)
    lines = list(table(results(*more)))
    assert "end to end | 1 | 140 (30-250) | 40% | 70 | 1.0 | 2.0 | 3.0" in lines[3]
    assert lines[-1].endswith(
        "5.0 ms of the sender, for one 2.0 ms: 2.5 times as much."
    )


def test_what_hears_nothing_back_is_beside_the_floor_and_knows_of_no_receipts():
    lines = list(table(results(run(WHOLE, 30), run(ONE_WAY, 250), run(ONE_WAY, 50))))

    assert lines[4].startswith(
        "| 200 KB | no receipts sent | 1 | 150 (50-250) | 50% |  |"
    )


def test_a_run_is_told_in_one_line():
    assert "end to end" in line_of(run(WHOLE, 30))


def test_the_plot_is_an_svg_with_a_bar_for_each_case():
    picture = etree.fromstring(plot(results(run(WHOLE, 30))).encode())
    bars = picture.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 1 + len(results(run(WHOLE, 30)).cases)


def test_the_cases_of_one_size_are_measured_together_and_the_floor_first():
    plan = Plan(
        sizes=(20_000, 200_000),
        workers=(1, 2),
        recipients=30,
        documents=90,
        rounds=1,
        most_seconds=1,
        inspects_pdfs=False,
        postgresql=False,
    )
    together = list(plan.together())
    assert len(together) == 4
    assert all(cases[0].way is Way.FLOOR for cases in together)
    assert all(len({case.size for case in cases}) == 1 for cases in together)
    assert plan.documents_of(MANY) < plan.documents_of(WHOLE) < plan.documents_of(FLOOR)
