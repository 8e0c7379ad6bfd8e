"""What is done with a bank line that nothing explains: what it brought is said, and taken back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from daysheet.accounts import CLEARING, is_under
from daysheet.books.deposited import Named
from daysheet.cash.matched_before import Match, OpenDeposit
from daysheet.errors import DaysheetError
from daysheet.plugins.fava.base import answer, asked_texts, endpoint
from daysheet.plugins.fava.taking_back import Changing
from flask import Response, request

_LONGEST: Final = 200
"""Characters of an id, and of an account."""


class Deposits(Changing):
    """Bank lines and what they brought."""

    @property
    def line(self) -> OpenDeposit | None:
        """The bank line that is asked for, as long as nothing explains it."""
        asked = request.args.get("line", "")
        return next((one for one in self.view.reconciliation.open_deposits if one.deposit.id == asked), None)

    @property
    def explained(self) -> Match | None:
        """The bank line that is asked for, where something explains it."""
        asked = request.args.get("line", "")
        return next((one for one in self.view.reconciliation.matches if one.deposit.id == asked), None)

    @endpoint("match", ["POST"])
    def match(self) -> Response:
        """Say what a bank line brought."""
        from daysheet.importers.amending import matching  # noqa: PLC0415 - Fava starts without the importers

        self.guard.act()
        asked = asked_texts("line", "account", "reason")
        if asked is None or max(map(len, asked.values())) > _LONGEST:
            return answer(400, error="the bank line, the account or the reason is not said, or too long")
        line, named = asked["line"], _named(request.get_json(silent=True), matching.MOST)
        why = matching.Difference(asked["account"], asked["reason"])
        said, _ = self.amended(lambda copy, books: matching.say(copy, books, line, named, why))
        words = said.words(self.view.currency)
        return answer(200, said=f"{words}. In {matching.FILE}.", undo={"name": "unmatch", "line": line})

    @endpoint("unmatch", ["POST"])
    def unmatch(self) -> Response:
        """Take back what was said of a bank line."""
        from daysheet.importers.amending import matching  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("line")
        if asked is None:
            return answer(400, error="the bank line is not said")
        self.amended(lambda copy, books: matching.unsay(copy, books, asked["line"]))
        return answer(200, said=f"Taken back, out of {matching.FILE}: the bank line is open again.")

    @endpoint("give-account", ["POST"])
    def give_account(self) -> Response:
        """Give a bank line the clearing account that its receipts are in."""
        from daysheet.importers.amending.recategorize import by_rule  # noqa: PLC0415 - as above
        from daysheet.importers.settings import CategoryRule  # noqa: PLC0415 - as above

        self.guard.act()
        asked = asked_texts("line", "account", "before")
        if asked is None or not all(is_under(asked[name], CLEARING) for name in ("account", "before")):
            return answer(400, error="the clearing account is not said")
        line, account, before = asked["line"], asked["account"], asked["before"]
        rule = CategoryRule(account=account)
        moved, _ = self.amended(lambda copy, books: by_rule(copy, books, rule, came_from=before, ids=[line]))
        if not moved.moved:
            return answer(409, error="the year of this bank line is locked")
        undo = {"name": "give-account", "line": line, "account": before, "before": account}
        return answer(200, said=f"The bank line is on {account} now.", undo=undo)


def _named(asked: Any, most: int) -> list[Named]:  # noqa: ANN401 - whatever the page sends
    """The receipts that a page names, and no more than one above the most that there can be.

    Raises:
        DaysheetError: they are none, or a part is no amount.
    """
    receipts = asked.get("receipts") if isinstance(asked, dict) else None
    found: list[Named] = []
    for one in receipts[: most + 1] if isinstance(receipts, list) else ():
        name, part = (one.get("id"), one.get("part")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST or not isinstance(part, str | None):
            raise DaysheetError("a receipt is not said as this page says it", remedy="load the page again")
        try:
            amount = Decimal(part) if part else None
        except InvalidOperation:
            amount = Decimal("NaN")
        if amount is not None and (len(part or "") > 20 or not amount.is_finite()):
            raise DaysheetError(f"the part of {name} is no amount", remedy="write it as 40.00")
        found.append(Named(name, amount))
    return found
