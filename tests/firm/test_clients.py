"""`firm.toml`: whose books, and what is refused."""

import pytest
from daysheet.errors import DaysheetError
from daysheet.firm import clients


def test_patterns_and_names_give_the_clients_by_id(firm):
    firm.add("oak")
    firm.add("elm")
    elsewhere = firm.folder / "elsewhere"
    firm.add("ash").rename(elsewhere)
    (firm.folder / "firm.toml").write_text(
        'books = ["clients/*"]\nworkers = 3\n[[client]]\nid = "ash-2"\nbooks = "elsewhere"\n'
    )
    read = clients.read(clients.find(firm.folder / "clients" / "oak"))
    assert [(client.id, client.folder) for client in read.clients] == [
        ("ash-2", elsewhere.resolve()),
        ("elm", (firm.folder / "clients" / "elm").resolve()),
        ("oak", (firm.folder / "clients" / "oak").resolve()),
    ]
    assert read.workers == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('books = ["nothing/*"]', 'firm.toml:1: no books at "nothing/'),
        ('\nbooks = ["/*/*/*/*/*"]', 'firm.toml:2: "/.*" looks through more than 50000 names: name the folder'),
        ("", "no clients; say where their books are"),
        ('boks = ["clients/*"]', 'unknown key "boks".*did you mean "books"'),
        ('books = ["clients/*"]\nmemory-mb = 5', "memory-mb must be 300 or more"),
        ('[[client]]\nid = "../up"\nbooks = "clients/oak"', '"../up" cannot be an id'),
        ('[[client]]\nid = "a"\nbooks = "gone"', 'no main.beancount in "gone"'),
        ('books = ["clients/oak"]\n[[client]]\nid = "x"\nbooks = "clients/oak"', "is named twice|have the"),
    ],
)
def test_what_cannot_be_is_refused_with_the_line(firm, text, words):
    firm.add("oak")
    (firm.folder / "firm.toml").write_text(text)
    with pytest.raises(DaysheetError, match=words):
        clients.read(firm.folder / "firm.toml")


def test_two_clients_of_one_secret_are_refused(firm):
    firm.add("oak")
    elm = firm.add("elm")
    (elm / "daysheet.toml").write_text('[practice]\nid = "oak"\n')
    with pytest.raises(DaysheetError, match=r"have the \[practice\] id in daysheet.toml, and so the secret, oak both"):
        clients.read(firm.folder / "firm.toml")


def test_books_inside_another_client_s_are_refused(firm):
    oak = firm.add("oak")
    firm.add("elm").rename(oak / "elm")
    (firm.folder / "firm.toml").write_text('books = ["clients/*", "clients/oak/*"]')
    with pytest.raises(DaysheetError, match="the books of elm lie inside those of oak"):
        clients.read(firm.folder / "firm.toml")


def test_one_client_can_be_named_and_a_typing_mistake_is_told(firm):
    firm.add("oak-street")
    firm.add("elm-street")
    read = clients.read(firm.folder / "firm.toml")
    assert [client.id for client in clients.only(read, ["Elm-Street"]).clients] == ["elm-street"]
    with pytest.raises(DaysheetError, match='no client is called "elm-stret"; did you mean "elm-street"'):
        clients.only(read, ["elm-stret"])
