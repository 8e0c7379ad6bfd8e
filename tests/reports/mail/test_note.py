"""A cover note is a template that somebody may have written who is not to run anything here."""

from __future__ import annotations

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.mail.note import rendered


def test_the_values_are_put_in():
    note = "{% for name in names %}{{ name }}: {{ year }}\n{% endfor %}"
    assert rendered(note, names=["A", "B"], year=2026) == "A: 2026\nB: 2026\n"


@pytest.mark.parametrize(
    "note",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ self._TemplateReference__context.environment }}",
        "{{ names.append('C') }}",
        "{{ 1 / 0 }}",
        "{% include '/etc/passwd' %}",
        "{{ nobody }}",
        "{% if %}",
    ],
)
def test_what_a_note_may_not_do_is_said_in_one_line(note):
    with pytest.raises(DaysheetError, match=r"mail-note.txt: the cover note cannot be made") as refused:
        rendered(note, names=["A"])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "note",
    [
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 10 ** 10 }}",
        "{% for i in range(90000) %}twelve chars{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
    ids=["time", "memory", "length", "depth"],
)
def test_a_note_is_bounded(note):
    with pytest.raises(DaysheetError, match="the cover note takes more than"):
        rendered(note)
