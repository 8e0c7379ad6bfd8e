"""A workbook to rows, as a program of its own: bytes come on standard input, lines of JSON go to standard output.

A damaged or hostile workbook can make its reader ask for many gigabytes, or end the process. So it is read by a process
that has a bound to its memory and time, and whose end ends nothing else. It imports nothing of Daysheet
but the bound, because it must start fast.

A line is a sheet, `{"name": …}`, or a row of the sheet before: a list of cells, in which a text is a text, and a number
or a date is a list of the one text that it is read as. The last line is `"end"`. What goes wrong is said by the exit
code: 3 for a password, 4 for no workbook, 5 for too many cells or rows, 6 for too much memory.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from daysheet.bounded import bound

PASSWORD, BROKEN, LARGE, MEMORY = 3, 4, 5, 6


def main(memory: int, seconds: int, cells: int, rows: int) -> int:
    """Read one workbook under these bounds: bytes, seconds of the processor, cells and rows of all its sheets."""
    bound(memory, seconds)
    import python_calamine as calamine  # noqa: PLC0415 - under the bounds as well

    write = sys.stdout.write
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            cells -= sheet.total_height * sheet.total_width
            rows -= sheet.total_height
            if cells < 0 or rows < 0:
                return LARGE
            write(json.dumps({"name": name}) + "\n")
            _write(sheet.start[1] if sheet.start else 0, sheet.iter_rows(), write)
        write('"end"\n')
        sys.stdout.flush()
    except calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return MEMORY
    except Exception:  # noqa: BLE001 - whatever it is, the workbook could not be read
        return BROKEN
    return 0


def _write(left: int, rows: Iterator[list[Any]], write: Callable[[str], object]) -> None:
    """Rows from the sheet's first on; the reader leaves blank columns at the left out."""
    blank = [""] * left
    for row in rows:
        cells = [*blank, *map(_cell, row)]
        write(json.dumps(cells, ensure_ascii=False, separators=(",", ":")) + "\n")


def _cell(value: Any) -> str | list[str]:  # noqa: ANN401 - a workbook's cell is of any type
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # a workbook shows 15 digits: what a formula left behind them is noise
        return [format(float(f"{value:.15g}"), "f").rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"]
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return [value.date().isoformat() if midnight else value.strftime("%Y-%m-%d %H:%M:%S")]
    return [str(value)]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    sys.exit(main(*map(int, sys.argv[1:])))
