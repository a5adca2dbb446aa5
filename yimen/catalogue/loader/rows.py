"""CSV files with a header, row by row with their lines."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yimen.catalogue.definition import Place, Problem
from yimen.catalogue.loader.reading import Reading, did_you_mean


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values by column, without blanks around them."""

    reading: Reading
    place: Place
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def report(self, sentence: str) -> None:
        """Note a problem of this row."""
        self.reading.problems.append(Problem(self.place, sentence))


def read_rows(reading: Reading, path: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """Return the rows of a CSV file whose header is exactly these columns."""
    text = reading.text(path)
    if text is None:
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
        if tuple(header) != columns:
            hint = "".join(did_you_mean(name, columns) for name in header if name not in columns)
            reading.report(
                path,
                1,
                f"the header is '{','.join(header)}'; it must be '{','.join(columns)}'{hint}",
            )
            return
        for values in rows:
            place = reading.place(path, rows.line_num)
            if len(values) == len(columns):
                stripped = (value.strip() for value in values)
                yield Row(reading, place, dict(zip(columns, stripped, strict=True)))
            elif values:
                reading.report(
                    path, rows.line_num,
                    f"the row has {len(values)} values; it must have {len(columns)}",
                )  # fmt: skip
    except csv.Error as error:
        reading.report(path, rows.line_num, f"is not CSV: {error}")
