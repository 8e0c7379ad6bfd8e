"""The profiles that come with Daysheet, one TOML file each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHIPPED: Final = Path(__file__).parent
