import datetime
from decimal import Decimal

import weasyprint


def test_a_docstring_is_a_ledger(books):
    """
    2026-03-02 custom "visit" "V1" "adams" "completed"
      patient: "pt-000000000001"
    2026-03-02 * "Invoice INV-1" ^inv-INV-1
      visit: "V1"
      Assets:Receivable:Patients       50.00 USD
      Equity:Billing:Charges          -50.00 USD
    """
    assert books.visits["V1"].date == datetime.date(2026, 3, 2)
    assert books.invoices["INV-1"][0].amount == Decimal("50.00")
    assert books.visits["V1"].meta["lineno"] == 1


def test_verapdf_sees_what_is_wrong_with_a_pdf(verapdf, tmp_path):
    plain = tmp_path / "plain.pdf"
    weasyprint.HTML(string="<p>no language, no tags, no metadata").write_pdf(plain)
    broken = verapdf(plain)
    assert {failure.split()[0] for failure in broken} == {"3a", "ua1"}


def test_verapdf_passes_a_pdf_that_keeps_a_flavour(verapdf, tmp_path):
    tagged = tmp_path / "archive.pdf"
    html = weasyprint.HTML(string="<html lang=en><title>A</title><p>text</p></html>")
    html.write_pdf(tagged, pdf_variant="pdf/a-3b")
    assert verapdf(tagged, "3b") == []
