"""Charts: scales that a person can read, and something to see however short the period."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from typing import Any

import pytest
from reportlab.graphics.shapes import Circle, Drawing, PolyLine, Rect, String

from printd.language.sentences import Reader
from printd.reports.charts import drawing
from printd.reports.document import Chart, Line
from printd.reports.office import Office
from printd.reports.styles import styles

WIDTH = 500.0


LOOK = styles(Office("Dinas", Reader("id", UTC)))


def drawn(told: Chart) -> Drawing:
    return drawing(told, WIDTH, LOOK, Reader("id", UTC))


def chart(*lines: Line, unit: str = "") -> Drawing:
    days = max(len(line.values) for line in lines)
    return drawn(Chart("Judul", [f"{day:02}/11" for day in range(1, days + 1)], lines, unit))


def of(picture: Drawing, kind: type[Any]) -> list[Any]:
    return [one for one in picture.contents if isinstance(one, kind)]


def scale(picture: Drawing) -> list[str]:
    """Return what stands beside the vertical axis, from below."""
    return [one.text for one in sorted(of(picture, String), key=lambda one: one.y) if one.textAnchor == "end"]


def bars(picture: Drawing) -> list[Rect]:
    """Return the bars without the marks of the legend, which hang above."""
    foot = min(one.y for one in of(picture, Rect))
    return [one for one in of(picture, Rect) if one.y == foot and foot < 100]


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (5, ["0", "1", "2", "3", "4", "5"]),
        (6, ["0", "2", "4", "6"]),
        (39, ["0", "10", "20", "30", "40"]),
        (41, ["0", "10", "20", "30", "40", "50"]),
        (159, ["0", "50", "100", "150", "200"]),
        (1_130, ["0", "250", "500", "750", "1.000", "1.250"]),
        (6_000, ["0", "2.000", "4.000", "6.000"]),
        (1_000_000, ["0", "200.000", "400.000", "600.000", "800.000", "1.000.000"]),
    ],
)
def test_a_scale_of_pieces_counts_whole_pieces(most: int, ticks: list[str]) -> None:
    picture = chart(Line("stok", [0.0, float(most)], "step"))
    assert scale(picture) == ticks
    top = max(one.y for one in of(picture, String) if one.textAnchor == "end")
    assert max(max(one.points[1::2]) for one in of(picture, PolyLine)) <= top + 2.001


def test_a_scale_of_rates_may_have_parts() -> None:
    assert scale(chart(Line("tingkat", [0.0, 1.13], "line"), unit=" %")) == [
        "0 %",
        "0,25 %",
        "0,5 %",
        "0,75 %",
        "1 %",
        "1,25 %",
    ]


def test_one_day_is_drawn_as_bars_with_their_figures() -> None:
    picture = chart(Line("stok WNI", [159.0], "step"), Line("cetak baik WNI", [24.0], "bars"))
    stock, printed = bars(picture)
    assert stock.height / printed.height == pytest.approx(159 / 24)
    assert stock.x + stock.width == pytest.approx(printed.x), "side by side"
    assert stock.width < WIDTH / 5
    told = {one.text for one in of(picture, String)}
    assert {"159", "24", "01/11"} <= told


def test_a_day_on_which_nothing_was_left_says_zero() -> None:
    picture = chart(Line("stok", [0.0], "step"))
    assert [one.text for one in of(picture, String) if one.textAnchor == "middle"] == ["01/11", "0"]


def test_the_limits_of_one_day_are_seen() -> None:
    picture = chart(
        Line("tingkat", [6.67], "line"),
        Line("batas atas", [9.29], "limit"),
        Line("alarm", [6.67], "alarm"),
        unit=" %",
    )
    (limit,) = of(picture, PolyLine)
    assert limit.points[2] - limit.points[0] > WIDTH / 2
    assert limit.points[1] == limit.points[3] > bars(picture)[0].y + bars(picture)[0].height
    assert len(of(picture, Circle)) == 1


def test_a_gap_stays_open_and_a_value_alone_is_a_dot() -> None:
    picture = chart(Line("tingkat", [1.0, 2.0, None, 3.0, None, 4.0, 5.0], "line"))
    assert [len(one.points) // 2 for one in of(picture, PolyLine)] == [2, 2]
    (alone,) = of(picture, Circle)
    assert of(picture, PolyLine)[0].points[2] < alone.cx < of(picture, PolyLine)[1].points[0]


def test_bars_of_two_types_stand_side_by_side() -> None:
    picture = chart(Line("WNI", [3.0, 4.0], "bars"), Line("OA", [1.0, 2.0], "bars"))
    spans = sorted((one.x, one.x + one.width) for one in bars(picture))
    assert len(spans) == 4
    assert all(left[1] <= right[0] + 1e-9 for left, right in pairwise(spans))


def test_a_chart_of_nothing_says_so() -> None:
    picture = drawn(Chart("Judul", [], [Line("Used", [], "bars")]))
    assert "belum ada data" in {one.text for one in of(picture, String)}
    assert scale(picture) == ["0", "1"]
