"""The FHIR source as the settings of some books make it."""

from __future__ import annotations

from typing import Final

from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.fhir.terms import PROFILE, FhirTerms
from daysheet.importers.systems.source import SourceSettings
from daysheet.settings import Settings

TAKEN: Final = ("visits", "invoices", "claims", "payments")
"""What `take` of a record system's export may name."""


def fhir_source(settings: Settings | None) -> FhirSource:
    """The source, with what the `[[source]]` table of profile `fhir` says.

    Raises:
        DaysheetError: the settings are wrong.
    """
    found = settings.tables("source", SourceSettings) if settings is not None else ()
    table = next((table for table in found if table.profile == PROFILE), None)
    if table is None:
        return FhirSource()
    strange = [word for word in table.take if word not in TAKEN]
    if strange and settings is not None:
        raise settings.error(f'take of profile fhir knows no "{strange[0]}"', strange[0], TAKEN)
    return FhirSource(FhirTerms.of(table.terms(), table.classes, table.types, table.without, table.time_zone))
