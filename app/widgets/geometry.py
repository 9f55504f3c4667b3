"""Where the rows of a long list lie: sections of even rows, some of them taller; no row is looked at."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence


class RowGeometry:
    """Tops and heights in pixels. Flat rows: each section is its header followed by its items.

    Rows that hold a third line are `tall`; they are few or learned page by page, so a sorted list does.
    """

    def __init__(self, *, row: int, extra: int, header: int) -> None:
        self._row, self._extra, self._header = row, extra, header
        self._headers: list[int] = []
        self._count = 0
        self._tall: list[int] = []

    def reset(self, headers: Sequence[int], count: int, tall: Iterable[int] = ()) -> None:
        """New contents: the flat rows that are headers, how many rows in all, which are tall."""
        self._headers, self._count, self._tall = list(headers), count, sorted(tall)

    def set_tall(self, row: int, tall: bool) -> bool:
        """Make one row tall or not; whether that changed anything."""
        at = bisect_left(self._tall, row)
        known = at < len(self._tall) and self._tall[at] == row
        if tall and not known:
            insort(self._tall, row)
        elif known and not tall:
            del self._tall[at]
        return tall != known

    @property
    def height(self) -> int:
        """The whole list."""
        return self.top(self._count)

    def is_header(self, row: int) -> bool:
        """Whether a section starts at this flat row."""
        at = bisect_left(self._headers, row)
        return at < len(self._headers) and self._headers[at] == row

    def top(self, row: int) -> int:
        """Pixels from the start of the list to the start of the row."""
        headers = bisect_left(self._headers, row)
        return (
            headers * self._header + (row - headers) * self._row + bisect_left(self._tall, row) * self._extra
        )

    def row_height(self, row: int) -> int:
        """Pixels of one row."""
        if self.is_header(row):
            return self._header
        at = bisect_right(self._tall, row)
        return self._row + (self._extra if at and self._tall[at - 1] == row else 0)

    def row_at(self, y: int) -> int:
        """The flat row at this pixel, clamped to the list; -1 when it is empty."""
        if not self._count:
            return -1
        low, high = 0, self._count - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.top(middle) <= y:
                low = middle
            else:
                high = middle - 1
        return low
