"""What `daysheet.toml` may say is checked whole: tables, keys, values, and the elements of lists."""

from dataclasses import dataclass, field

import pytest
from daysheet.errors import DaysheetError
from daysheet.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Example:
    names: tuple[str, ...] = ()
    share: float = 2.0
    words: dict[str, str] = field(default_factory=dict)


def said(folder, text):
    (folder / "daysheet.toml").write_text(text)
    return Settings.of(folder)


def test_what_fits_is_read_as_the_class_says(tmp_path):
    settings = said(tmp_path, '[pack]\nnames = ["a", "b"]\nshare = 3\nwords = {x = "y"}\n')
    assert settings.table("pack", Example) == Example(names=("a", "b"), share=3.0, words={"x": "y"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\nnames = ["a", 7]', "daysheet.toml:3: pack.names must be text in quotes"),
        ('\nnames = ["a", ["b"]]', "daysheet.toml:3: pack.names must be text in quotes"),
        ('\nnames = "a"', "daysheet.toml:3: pack.names must be a list, in [brackets]"),
        ("\nshare = true", "daysheet.toml:3: pack.share must be a number"),
        ("\nwords = {x = 1}", "daysheet.toml:3: pack.words must be a table of texts"),
        ("\nname = 1", 'daysheet.toml:3: unknown key "name" in [pack]; did you mean "names"?'),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(tmp_path, text, message):
    settings = said(tmp_path, f"[pack]\n{text}\n")
    with pytest.raises(DaysheetError) as raised:
        settings.table("pack", Example)
    assert str(raised.value).endswith(message)


@pytest.mark.parametrize("table", ["[[vendor]]", "[firm]", "[unheard-of]"])
def test_a_table_that_nothing_reads_is_unknown(tmp_path, table):
    with pytest.raises(DaysheetError, match="unknown table"):
        said(tmp_path, f'{table}\nname = "x"\n')
