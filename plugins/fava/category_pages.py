"""Bank lines that nobody has decided on, given accounts on a page: several at once, a rule made of a choice, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from daysheet.errors import DaysheetError
from daysheet.plugins.fava.base import answer, asked_texts, endpoint
from daysheet.plugins.fava.taking_back import Changing
from daysheet.wording import many
from fava.core import FavaLedger
from flask import Response, request

if TYPE_CHECKING:
    from daysheet.importers.amending.uncategorized import Choice, Like

_LONGEST: Final = 200
"""Characters of an account or an id."""
_MOST: Final = 2_000
"""Lines that are given accounts at once."""


class Categories(Changing):
    """What bank lines were for."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """No line was given an account yet."""
        super().__init__(ledger, config)
        self._given: dict[str, tuple[frozenset[str], str]] = {}

    @property
    def undecided(self) -> tuple[list[Like], str]:
        """The bank lines that nobody has decided on; and why that cannot be said, where a rule is wrong."""
        from daysheet.importers.amending.uncategorized import undecided  # noqa: PLC0415 - Fava starts without them

        state = self.view.state
        try:
            return state.kept("undecided", lambda: undecided(state.books, state.settings)), ""
        except DaysheetError as problem:
            return [], str(problem)

    @property
    def accounts(self) -> list[str]:
        """The accounts that a bank line may be given."""
        opened = self.view.books.opened
        roots = ("Expenses", "Income", "Equity", "Liabilities", "Assets:Clearing", "Assets:Fixed")
        return sorted(one for one in opened if one.startswith(roots) and not one.startswith("Equity:Billing"))

    @endpoint("categorize", ["POST"])
    def categorize(self) -> Response:
        """Give lines the accounts that were chosen for them."""
        from daysheet.importers.amending import uncategorized  # noqa: PLC0415 - as above

        self.guard.act()
        choices = _choices(request.get_json(silent=True))
        if not choices:
            return answer(400, error="choose lines, and say the account that they belong to")
        done, amendment = self.amended(lambda copy, books: uncategorized.categorize(copy, books, choices))
        change = self.to_undo(amendment)
        self._given = {name: one for name, one in self._given.items() if name in self._undoing}
        self._given[change] = frozenset[str]().union(*(choice.ids for choice in choices)), done.rule
        moved = sum(done.moved.values())
        rules = done.rule.count("[[category]]")
        said = f"{many(moved, 'bank line')} given accounts"
        said += f", and {many(rules, 'rule')} written into daysheet.toml" if rules else ""
        return answer(200, said=f"{said}.", undo={"name": "uncategorize", "change": change})

    @endpoint("uncategorize", ["POST"])
    def uncategorize(self) -> Response:
        """Take such a change back, rules and all, as long as nothing was changed since."""
        self.guard.act()
        asked = asked_texts("change")
        change = asked["change"] if asked else ""
        try:
            if self.undone(change):
                return answer(200, said="Taken back: these bank lines are undecided again.")
        except DaysheetError:
            return answer(200, said=self._forgotten(change))
        return answer(409, error="this was changed before Fava was started: use daysheet recategorize")

    def _forgotten(self, change: str) -> str:
        """Take out the rules of a change whose lines were taken out of the books meanwhile; what that was, in words.

        Raises:
            DaysheetError: the lines are there, and were changed since.
        """
        from daysheet.importers.amending import uncategorized  # noqa: PLC0415 - as above

        ids, made = self._given[change]
        rules, _ = self.amended(lambda copy, books: uncategorized.forget(copy, books, ids, made))
        said = "These bank lines are not in the books any more"
        return f"{said}; {many(rules, 'rule')} made of them taken out of daysheet.toml." if rules else f"{said}."


def _choices(asked: Any) -> list[Choice]:  # noqa: ANN401 - whatever the page sends
    """The choices that a page sends.

    Raises:
        DaysheetError: they are not as it says them.
    """
    from daysheet.importers.amending.uncategorized import Choice  # noqa: PLC0415 - as above

    choices = asked.get("choices") if isinstance(asked, dict) else None
    found: list[Choice] = []
    for one in choices if isinstance(choices, list) else ():
        ids, account = (one.get("ids"), one.get("account")) if isinstance(one, dict) else (None, None)
        if not isinstance(ids, list) or not isinstance(account, str) or len(account) > _LONGEST:
            raise DaysheetError("a choice is not said as this page says it", remedy="load the page again")
        if not all(isinstance(each, str) and len(each) <= _LONGEST for each in ids):
            raise DaysheetError("a choice is not said as this page says it", remedy="load the page again")
        found.append(Choice(frozenset(ids), account.strip(), one.get("rule") is True))
    if sum(len(choice.ids) for choice in found) > _MOST:
        raise DaysheetError(f"more than {_MOST:,} bank lines at once", remedy="choose fewer")
    return found
