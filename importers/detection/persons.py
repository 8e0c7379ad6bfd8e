"""Tables with columns of patients, where a bank's were looked for."""

from __future__ import annotations

from daysheet.errors import DaysheetError
from daysheet.importers.detection.exports.detect import detect_export
from daysheet.importers.detection.grid import Grid
from daysheet.importers.privacy.patient_columns import patient_columns
from daysheet.importers.rows.raw_file import RawFile


def refuse_practice(grid: Grid, file: RawFile) -> None:
    """Refuse a practice's export, or a table with columns of patients, where a bank's was looked for.

    Raises:
        DaysheetError: saying why; a bank profile would bring what is in them into the ledger.
    """
    found = patient_columns(column.header for column in grid.columns)
    export = None if found else detect_export(file)
    why = f"has columns of patients ({', '.join(found)})" if found else ""
    why = why or (f"holds {export.kind.name} ({export.kind.why.partition(';')[0]})" if export else "")
    if why:
        raise DaysheetError(
            f"{why}: it is a practice system's export, and no bank's",
            filename=file.path,
            line=grid.header.line if grid.header else None,
            remedy="write a practice profile for it, as docs/practice-systems.md says",
        )
