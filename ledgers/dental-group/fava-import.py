# Read by Fava's import page: the importers of these books.
from pathlib import Path

from daysheet.importers.gulp import importers

CONFIG = importers(Path(__file__).parent, for_fava=True)
