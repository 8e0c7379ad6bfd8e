"""Filed originals name patients: nobody but the user can read them."""

from __future__ import annotations

import stat

import pytest
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.writing import archive


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("loose", [False, True], ids=["new folder", "folder that others can read"])
def test_only_the_user_can_read_a_filed_original(tmp_path, loose):
    if loose:
        (tmp_path / "originals" / "2026").mkdir(parents=True)
        for folder in (tmp_path / "originals", tmp_path / "originals" / "2026"):
            folder.chmod(0o755)
    source = tmp_path / "visits.csv"
    source.write_text("visit_id\nV1\n")
    source.chmod(0o644)
    archive.keep(RawFile(source), tmp_path, "originals/2026/2026-03-31-visits-0a1b2c3d.csv")
    kept = tmp_path / "originals" / "2026" / "2026-03-31-visits-0a1b2c3d.csv"
    assert kept.read_bytes() == source.read_bytes()
    assert [_mode(kept.parent.parent), _mode(kept.parent), _mode(kept)] == [0o700, 0o700, 0o600]
