"""Give every row a column of its own at the least total cost (Hungarian method, whole numbers, O(rows² × columns))."""

from collections.abc import Sequence


def assign(costs: Sequence[Sequence[int]], columns: int) -> list[int | None]:
    """The column of every row; None for a row that is left over because there are more rows than columns."""
    rows = len(costs)
    if rows > columns:
        beyond = 1 + sum(max(row, default=0) for row in costs)
        padded = [[*row, *[beyond] * (rows - columns)] for row in costs]
        return [place if place is not None and place < columns else None for place in assign(padded, rows)]
    endless = 1 + 2 * sum(max((abs(each) for each in row), default=0) for row in costs)
    row_price, column_price = [0] * (rows + 1), [0] * (columns + 1)
    holder = [0] * (columns + 1)
    for row in range(1, rows + 1):
        holder[0] = row
        came_from = [0] * (columns + 1)
        slack, done = [endless] * (columns + 1), [False] * (columns + 1)
        column = 0
        while holder[column]:
            done[column] = True
            asked, least, following = holder[column], endless, 0
            for each in range(1, columns + 1):
                if done[each]:
                    continue
                reduced = costs[asked - 1][each - 1] - row_price[asked] - column_price[each]
                if reduced < slack[each]:
                    slack[each], came_from[each] = reduced, column
                if slack[each] < least:
                    least, following = slack[each], each
            for each in range(columns + 1):
                if done[each]:
                    row_price[holder[each]] += least
                    column_price[each] -= least
                else:
                    slack[each] -= least
            column = following
        while column:
            holder[column] = holder[came_from[column]]
            column = came_from[column]
    found: list[int | None] = [None] * rows
    for column, row in enumerate(holder[1:]):
        if row:
            found[row - 1] = column
    return found
