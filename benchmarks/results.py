"""What a benchmark found, held against its bar: rows, the printed table and the JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

HEADINGS = ("what", "measured", "bar", "margin", "", "how")
NUMBERS = ("measured", "bar", "margin")


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit that a value should keep to: at least `value`, or at most it when `at_most`."""

    value: float
    at_most: bool = False

    def margin(self, measured: float) -> float:
        """How well the bar is held: 1 is exactly on it, 2 is twice as good, below 1 it is missed."""
        if self.at_most:
            return self.value / measured if measured > 0 else float("inf")
        return measured / self.value


def at_least(value: float) -> Bar:
    """More is better, `value` is enough."""
    return Bar(value)


def at_most(value: float) -> Bar:
    """Less is better, `value` is allowed."""
    return Bar(value, at_most=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `value` is None where it could not be measured, and `how` says why."""

    benchmark: str
    what: str
    value: float | None
    unit: str = ""
    bar: Bar | None = None
    how: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def margin(self) -> float | None:
        """Measured against the bar; None without either."""
        return None if self.bar is None or self.value is None else self.bar.margin(self.value)

    @property
    def verdict(self) -> str:
        """`ok`, `MISSED`, or "" where there is nothing to judge."""
        margin = self.margin
        return "" if margin is None else "ok" if margin >= 1 else "MISSED"


def figure(value: float | None, unit: str = "") -> str:
    """A number as a reader wants it: three digits that count, thousands apart, its unit after it."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        text = f"{value:,.0f}"
    elif abs(value) >= 10:
        text = f"{value:.1f}"
    elif abs(value) >= 0.1 or value == 0:
        text = f"{value:.2f}"
    else:
        text = f"{value:.3g}"
    return text + (unit if unit == "x" else f" {unit}" if unit else "")


def cells(row: Row) -> tuple[str, ...]:
    """A row as the columns of `HEADINGS`."""
    bar = "" if row.bar is None else f"{'<=' if row.bar.at_most else '>='} {figure(row.bar.value, row.unit)}"
    margin = "" if row.margin is None else figure(row.margin, "x")
    return (row.what, figure(row.value, row.unit), bar, margin, row.verdict, row.how)


def table(rows: Iterable[Row]) -> str:
    """Rows as aligned text."""
    lines = [HEADINGS, *map(cells, rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADINGS))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The cells at their widths, numbers to the right."""
    return [
        text.rjust(width) if heading in NUMBERS else text.ljust(width)
        for text, width, heading in zip(line, widths, HEADINGS, strict=True)
    ]


def as_json(row: Row) -> dict[str, object]:
    """A row with stable keys."""
    bar = None if row.bar is None else {"value": row.bar.value, "at_most": row.bar.at_most}
    return {
        "benchmark": row.benchmark,
        "what": row.what,
        "value": row.value,
        "unit": row.unit,
        "bar": bar,
        "margin": row.margin,
        "ok": None if row.margin is None else row.margin >= 1,
        "how": row.how,
        "details": dict(row.details),
    }


def closing(rows: Sequence[Row]) -> str:
    """How many bars were held, in a sentence."""
    judged = [row for row in rows if row.margin is not None]
    held = sum(row.verdict == "ok" for row in judged)
    missing = sum(row.value is None for row in rows)
    text = f"{held} of {len(judged)} bars held"
    return f"{text}; {missing} figures could not be measured." if missing else f"{text}."


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all values do not exceed (nearest rank, 0 < share <= 1)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(share * 1000) // 1000))
    return ordered[rank - 1]
