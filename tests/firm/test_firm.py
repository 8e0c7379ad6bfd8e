"""`daysheet firm` over real books, a process a client."""

import csv
import io
import json
import re
import shutil

import pytest
from click.testing import CliRunner
from daysheet.firm import kept, web
from daysheet.firm.calls import Outcome
from daysheet.firm.commands import firm as verb
from daysheet.firm.table import STATUS, Standing, status
from daysheet.trust import trusted
from daysheet.trust.ledger import Guard

from tests.firm.conftest import scheduler, worker


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    for name in ("CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))


def run(firm, *arguments, code=0):
    done = CliRunner().invoke(verb, ["--firm", str(firm.folder), *arguments], standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.return_value == code, done.output
    return done.output


def rows(text):
    return {row["client"]: row for row in json.loads(text)["rows"]}


def test_each_client_stands_in_one_table_and_a_broken_one_stops_nobody(firm):
    firm.add("oak", fee="120.50")
    firm.add("elm", fee="80.00")
    firm.add("ash", text="nonsense\n")
    said = rows(run(firm, "status", "--json", code=2))
    assert {name: row["gap"] for name, row in said.items()} == {"oak": "120.50", "elm": "80.00", "ash": None}
    assert said["oak"]["practice"] == "The oak practice"
    assert said["oak"]["as_of"] == "2026-03-01"
    assert said["ash"]["error"].startswith("main.beancount:1: ")


def test_what_wants_attention_comes_first_by_the_column_asked_for(firm):
    for name, fee in (("oak", "20.00"), ("elm", "300.00"), ("ash", "100.00")):
        firm.add(name, fee=fee)
    table = list(csv.DictReader(io.StringIO(run(firm, "status", "--csv", "--sort", "gap"))))
    assert [row["client"] for row in table] == ["elm", "ash", "oak"]


def test_two_currencies_stand_side_by_side_and_are_never_added(firm):
    firm.add("oak", fee="100.00")
    firm.add("sakura", fee="9000", currency="JPY")
    text = run(firm, "status")
    assert "each client's own currency (JPY, USD); none are added" in text
    assert "9,100" not in text


def test_nothing_is_done_again_for_a_client_whose_books_say_the_same(firm, tmp_path):
    oak = firm.add("oak")
    firm.add("elm")
    first = run(firm, "check", code=1)
    assert "0 as they were" in first
    assert "2 as they were" in run(firm, "check", code=1)
    with (oak / "main.beancount").open("a") as file:
        file.write('2026-01-06 custom "visit" "V2" "one" "completed"\n  fee: 100.00 USD\n')
    again = run(firm, "check", code=1)
    assert "1 as they were" in again
    assert "200.00 USD never billed" in again
    assert (firm.folder / ".daysheet-firm" / "oak" / "check---json.json").stat().st_mode & 0o077 == 0


def test_a_pack_is_built_once_and_again_when_a_file_of_it_is_gone(firm):
    oak = firm.add("oak")
    built = json.loads(run(firm, "pack", "2026", "--json"))
    assert built["oak"]["year"] == 2026
    pack = {path.name: path.read_bytes() for path in (oak / "packs" / "2026").iterdir()}
    assert ", as it was" in run(firm, "pack", "2026")
    next((oak / "packs" / "2026").glob("*.pdf")).unlink()
    assert ", as it was" not in run(firm, "pack", "2026")
    assert {path.name: path.read_bytes() for path in (oak / "packs" / "2026").iterdir()} == pack
    assert rows(run(firm, "status", "--json"))["oak"]["pack"] == "2026 current"


def test_a_client_s_books_never_read_another_s_even_where_the_user_trusts_what_they_include(firm, tmp_path):
    oak, elm = firm.add("oak"), firm.add("elm")
    shared = tmp_path / "shared.beancount"
    shared.write_text('2026-01-01 note Assets:Bank:Checking "for all"\n')
    with (oak / "main.beancount").open("a") as file:
        file.write(f'include "{shared}"\n')
    (elm / "linked.beancount").symlink_to(oak / "main.beancount")
    with (elm / "main.beancount").open("a") as file:
        file.write('include "linked.beancount"\n')
    for folder in (oak, elm):
        guard = Guard(folder, listing=True)
        for name in (shared, elm / "linked.beancount"):
            guard.file(str(name))
        trusted.allow(folder, guard.with_modules())
    said = rows(run(firm, "status", "--json", code=2))
    assert said["oak"]["error"] is None
    assert "these books read another client's" in said["elm"]["error"]


def test_measures_stand_beside_the_middle_of_the_firm(firm):
    for number, name in enumerate(("ash", "elm", "oak")):
        books = firm.add(name)
        with (books / "main.beancount").open("a") as file:
            for bill in range(number + 1):
                file.write(
                    f'2026-02-0{bill + 1} * "Bill" ^inv-B{bill}\n  patient: "pt-0a1b2c3d4e5f"\n'
                    "  Assets:Receivable:Patients  100.00 USD\n  Equity:Billing:Charges  -100.00 USD\n"
                )
    said = {row["client"]: row for row in json.loads(run(firm, "report", "--json"))["rows"]}
    middle = sorted(float(said[name]["days_in_ar"]) for name in ("ash", "elm", "oak"))[1]
    assert float(said["Median"]["days_in_ar"]) == middle


def hostile(name="<script>alert(1)</script>"):
    said = {
        "practice": '=HYPERLINK("x")', "currency": "USD", "as_of": "2026-03-02", "imports": {name: "2026-03-01"},
        "findings": 1, "gap": "1.00", "unreconciled": "0.00", "overdue_exports": [],
        "deadlines": {"count": 0, "amount": "0.00", "first": None}, "packs": {}, "mail": {}, "locked": [],
        "measures": {},
    }  # fmt: skip
    return Standing(Outcome("oak", 0, "", "", 0, 0, 0, 1), said)


def test_a_name_is_text_on_the_page():
    page = web.page(status([hostile()]), "A & <b>B</b>")
    assert "<script>alert" not in page
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in page


@pytest.mark.parametrize("column", [column.key for column in STATUS])
def test_every_column_sorts(column):
    assert len(status([hostile(), hostile("other")], column).rows) == 2


@pytest.fixture
def cluster(tmp_path):
    """A real scheduler with one real worker; the address."""
    with scheduler(tmp_path) as address, worker(address, tmp_path):
        yield address


def test_a_cluster_gives_what_this_machine_gives(firm, cluster):
    firm.add("oak", fee="120.50")
    firm.add("ash", text="nonsense\n")
    here = run(firm, "status", "--json", code=2)
    shutil.rmtree(firm.folder / ".daysheet-firm")
    assert run(firm, "--scheduler", cluster, "status", "--json", code=2) == here
    assert (firm.folder / ".daysheet-firm" / "oak" / "standing.json").exists()


def test_the_page_shows_each_cell_in_its_column(firm):
    firm.add("oak", fee="120.50")
    firm.add("elm", fee="80.00")
    place = firm.folder / "firm.html"
    run(firm, "status", "--html", str(place))
    lines = re.findall(r"<tr>(.*?)</tr>", place.read_text().partition("<tbody>")[2], re.DOTALL)
    shown = [[cell.strip() for cell in re.findall(r">([^<>]*)</t[hd]>", line)] for line in lines]
    assert [cells[:5] for cells in shown] == [
        ["elm", "The elm practice", "2026-03-01", "80.00", "–"],
        ["oak", "The oak practice", "2026-03-01", "120.50", "–"],
    ]


def test_a_pack_that_gives_accounts_their_numbers_is_built_once(firm):
    """The first pack writes `account-numbers.beancount` and its include, then reads the books anew."""
    oak = firm.add("oak")
    first = json.loads(run(firm, "pack", "2026", "--json"))["oak"]
    assert (oak / "account-numbers.beancount").exists()
    told = json.loads((firm.folder / ".daysheet-firm" / "oak" / "pack-2026.json").read_text())
    assert told["outcome"]["attempts"] == 1
    assert json.loads(told["outcome"]["output"]) == first
    assert rows(run(firm, "status", "--json"))["oak"]["pack"] == "2026 current"
    assert ", as it was" in run(firm, "pack", "2026")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [("numbers", "", True), ("numbers", "; more", False), ("visits", "", False), ("main", "", False)],
)
def test_books_that_somebody_else_changed_meanwhile_are_not_taken_for_done(tmp_path, name, text, expected):
    main, numbers = tmp_path / "main.beancount", tmp_path / "numbers.beancount"
    main.write_text('option "title" "One"\n')
    (tmp_path / "visits.beancount").write_text("")
    said, before = main.read_text(), kept.contents(tmp_path)
    numbers.write_text("; written")
    main.write_text(f'option "title" "One"\ninclude "numbers.beancount"\n{text}')
    if not expected and not text:
        (tmp_path / f"{name}.beancount").write_text("; by somebody")
    assert kept.only_added(before, kept.contents(tmp_path), said, "numbers.beancount") is expected
