"""A PDF of parts that were set by themselves: one document to whoever reads it, and no part is set twice."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pikepdf
import pytest
from daysheet.reports.pdf import rendering
from daysheet.reports.pdf.html_to_pdf import Document, Embedded
from daysheet.reports.pdf.joined import Joined, Leaf
from pypdf import PdfReader
from pypdf.generic import ArrayObject, Destination

DAY = datetime.date(2026, 12, 31)
FILE = Embedded("a.csv", b"1", "text/csv", "A")
STYLE = "section { break-before: page } li::after { content: ' p. ' attr(data-page) }"
TABLE = (
    "<table><thead><tr><th scope='col'>Account</th><th scope='col'>Amount</th></tr></thead>"
    "<tbody><tr><th scope='row'>Rent</th><td>{}</td></tr></tbody></table>"
)


def page(body: str) -> str:
    return f"<html lang='en'><head><title>Pack</title></head><body>{body}</body></html>"


def leaf(number: int, name: str, said: str, pages: int = 1) -> Leaf:
    more = "".join(f"<section>{name} goes on, {at}</section>" for at in range(1, pages))
    body = f"<section id='{name}'><h1>{name}</h1>{TABLE.format(said)}</section>{more}"
    return Leaf(number, page(body), STYLE, DAY)


def whole(*leaves: Leaf, foot: str = "Pack x-2026", names: Sequence[str] = ("rent", "loans")) -> Joined:
    listed = "".join(f"<li id='{name}' data-at=\"#{name}\"><a href='#{name}'>{name}</a></li>" for name in names)
    return Joined(
        cover=Document(page("<h1>Cover</h1>"), "h1 { bookmark-level: 1 }", DAY, (FILE,)),
        contents=Leaf(0, page(f"<h1>Contents</h1><ul>{listed}</ul>"), STYLE, DAY),
        leaves=leaves,
        foot=foot,
    )  # fmt: skip


RENT, LOANS = leaf(1, "rent", "10.00", pages=2), leaf(2, "loans", "ﬁ 20.00 ✓")


class Counting(ProcessPoolExecutor):
    """An executor that notes what it is given."""

    def __init__(self) -> None:
        super().__init__(1)
        self.given: list[Any] = []

    def submit(self, *work: Any, **named: Any) -> Future[Any]:
        self.given += work[1:]
        return super().submit(*work, **named)


def made(document: Joined, folder: Any = None) -> tuple[bytes, list[Any]]:
    """The PDF, and what had to be set for it."""
    with Counting() as executor:
        renderer = rendering.Renderer(executor, folder)
        (pdf,) = renderer.finish([renderer.start(document)], lambda *_: None)
        return pdf, executor.given


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return made(whole(RENT, LOANS))[0]


def test_pages_come_in_order_with_their_numbers_in_the_contents_and_at_their_feet(pdf):
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert [("Rent" in text, "goes on" in text) for text in texts[2:]] == [(True, False), (False, True), (True, False)]
    assert "rent p. 3" in texts[1]
    assert "loans p. 5" in texts[1]
    assert [f"Page {number} of 5" in text for number, text in enumerate(texts, 1)] == [False, *[True] * 4]
    assert ["Pack x-2026" in text for text in texts] == [False, *[True] * 4]
    assert "20.00 ✓" in texts[4]


def test_links_and_bookmarks_lead_to_the_leaves_own_pages(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    assert [link.get_object()["/Dest"] for link in cast("ArrayObject", reader.pages[1]["/Annots"])] == [
        "rent",
        "loans",
    ]
    goals = {name: reader.get_destination_page_number(goal) for name, goal in reader.named_destinations.items()}
    assert goals == {"rent": 2, "loans": 4}
    outline = cast("list[Destination]", reader.outline)
    marks = [(str(item["/Title"]), reader.get_destination_page_number(item)) for item in outline]
    assert marks == [("Cover", 0), ("Contents", 1), ("rent", 2), ("loans", 4)]


def test_each_mark_on_a_page_belongs_to_an_element_of_that_page(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        numbers = opened.Root.StructTreeRoot.ParentTree.Nums
        tree = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
        assert list(tree) == list(range(len(tree)))
        pages = [page.obj for page in opened.pages]
        assert len({int(page.StructParents) for page in pages}) == len(pages)
        for page in pages:
            marked = tree[int(page.StructParents)]
            assert all(element.Pg.objgen == page.objgen for element in marked)
            for annotation in page.get("/Annots", []):
                assert tree[int(annotation.StructParent)].S == "/Link"


def test_a_head_of_cells_has_one_name_in_the_whole_and_cells_name_their_own(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        cells = [
            item for item in opened.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") in ("/TH", "/TD")
        ]
        heads = [bytes(cell.ID) for cell in cells if "/ID" in cell]
        named = [{bytes(name) for name in cell.A.Headers} for cell in cells if "/Headers" in cell.get("/A", {})]
    assert len(heads) == len(set(heads)) == 6
    assert len(named) == 2
    assert set.union(*named) <= set(heads)
    assert not set.intersection(*named)


def test_each_weight_of_the_typeface_is_there_once(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        files = {str(item.FontName): item.FontFile2.objgen for item in opened.objects if is_font(item)}
        assert len(files) == sum(is_font(item) for item in opened.objects) <= 2


def is_font(item: Any) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"


def test_what_stayed_the_same_is_not_set_again_and_the_bytes_are_those_of_a_first_build(tmp_path):
    cache = tmp_path / "cache"
    first, given = made(whole(RENT, LOANS), cache)
    assert [type(work) for work in given] == [Document, Leaf, Leaf, Leaf]
    other = leaf(2, "loans", "21.00")
    document = whole(RENT, other, foot="Pack y-2026")
    again, given = made(document, cache)
    assert given == [other]
    assert again != first
    assert again == made(document)[0]
    assert made(document, cache) == (again, [])


def test_contents_of_two_pages_move_what_comes_after_them():
    many = tuple(leaf(number, f"part-{number}", "1") for number in range(1, 3))
    document = whole(*many, names=["part-1", "part-2"] + ["part-2"] * 70)
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(made(document)[0])).pages]
    assert len(texts) == 5
    assert "part-1 p. 4" in texts[1]
    assert "part-1" in texts[3]


def test_contents_that_name_no_leaf_are_refused():
    with pytest.raises(KeyError):
        made(replace(whole(RENT), leaves=(RENT,)))
