"""The tables of a profile that make records: which columns give which part, by the kind of the export."""

from __future__ import annotations

from typing import Final

from daysheet.importers.detection.exports import concepts as of
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.kinds import ADJUSTMENTS, CLAIMS, INVOICES, PAYMENTS, VISITS
from daysheet.importers.detection.exports.status_words import is_of_the_trade, plain
from daysheet.importers.proposals import payers, toml
from daysheet.importers.proposals.adjustment_types import adjusted, type_column
from daysheet.importers.proposals.answers import ANY, SKIP, meanings_of, status_kind
from daysheet.importers.proposals.plan import Plan
from daysheet.importers.rows.cell_kinds import is_negative, is_zero
from daysheet.strict_toml import listed, quoted

_NOT_PAID: Final = frozenset(
    [
        "failed",
        "declined",
        "void",
        "voided",
        "cancelled",
        "canceled",
        "reversed",
        "pending",
        "unpaid",
        "rejected",
        "error",
    ]
)


def tables(plan: Plan) -> list[str]:
    """The `[[visit]]`, `[[invoice]]` and other tables of a profile."""
    if plan.ledger is not None and plan.kind == INVOICES:
        return _of_ledger(plan)
    made = {VISITS: _visits, INVOICES: _invoices, PAYMENTS: _payments, ADJUSTMENTS: _adjustments, CLAIMS: _claims}
    return made[plan.kind](plan)


def _table(kind: str, *lines: str) -> str:
    return "\n".join([f"[[{kind}]]", *(line for line in lines if line)])


def _key(key: str, facts: Facts | None, *, many: bool = False) -> str:
    if facts is None:
        return ""
    return f"{key} = {toml.names([facts]) if many else quoted(facts.header)}"


def _id(plan: Plan, *roles: str) -> str:
    """The record's own id, else the columns that together tell it apart."""
    own = plan.column("id")
    if own is not None:
        return f"id = {toml.names([own])}"
    parts = [facts for role in roles if (facts := plan.column(role)) is not None]
    columns = list(dict.fromkeys(facts.header for facts in (*plan.patients, *parts)))
    return f"id = {listed(columns or [plan.found.facts[0].header])}"


def _status(plan: Plan) -> tuple[dict[str, str], str]:
    """The meanings of the status's words, and that of any other."""
    what = status_kind(plan.kind)
    found = plan.found.status.claims if plan.kind == CLAIMS else plan.found.status.words
    given = meanings_of(what, plan.answers.words)
    other = given.pop(ANY, "")
    column = plan.column("status")
    said = {word: meaning for word, meaning in given.items() if column is not None and word in {*column.distinct, ""}}
    return {**found, **said}, other


def _visits(plan: Plan) -> list[str]:
    meanings, other = _status(plan)
    meanings = {word: meaning for word, meaning in meanings.items() if meaning != SKIP}
    status = toml.words(
        plan.column("status"), meanings, "" if other == SKIP else other, "" if meanings else other or "completed"
    )
    filled = _filled(plan)
    status = status.replace("{ ", f"{{ filled = {{ {filled} }}, ", 1) if filled and "column" in status else status
    provider = plan.column("provider")
    billed = _billed_too(plan)
    amount = plan.column("amount")
    visit = _table(
        "visit",
        _id(plan, "date", "provider", "service"),
        _key("date", plan.column("date")),
        _key("provider", provider) if provider else f"provider-is = {quoted(plan.answers.provider)}",
        f"status = {status}",
        _key("service", plan.column("service")),
        _key("fee", amount, many=True),
    )
    return [visit, *billed]


def _filled(plan: Plan) -> str:
    """Columns that have a day only where the visit was cancelled, or nobody came."""
    found = []
    for word, meaning in (("noshow", "no-show"), ("cancelled", "cancelled")):
        sparse = [f for f in plan.found.facts if f.is_dates and word in f.words and f.share_filled < 1]
        found += [f"{meaning} = {quoted(facts.header)}" for facts in sparse[:1]]
    return ", ".join(found)


def _billed_too(plan: Plan) -> list[str]:
    """What else a row of a visit gives: its charge, and what was paid and written off so far."""
    amount = plan.column("amount")
    if amount is None or not any(of.is_paid(facts) and facts is not amount for facts in plan.found.facts):
        return []
    bill = _table("invoice", 'id = ["row"]', 'visit = ["row"]', _key("amount", amount, many=True))
    return [bill, *_so_far(plan, amount)]


def _so_far(plan: Plan, charge: Facts) -> list[str]:
    """What a row with a charge says of payments and adjustments up to the export."""
    others = [facts for facts in plan.found.facts if of.is_money(facts) and facts is not charge]
    found = []
    for facts in [] if plan.paid_elsewhere else [facts for facts in others if of.is_paid(facts)]:
        insurer = bool(set(facts.words) & of.PAYER)
        parts = [payers.Part(True, '{ fixed = "eft" }')] if insurer else payers.parts(plan, plan.column("method"))
        found += [
            _table(
                "payment", 'invoice = ["row"]', _insurer(plan) if part.of_insurers else "", _amount(facts),
                f"method = {part.method}", "so-far = true", toml.when(part.rows) if part.rows else "",
            )
            for part in parts
        ]  # fmt: skip
    for facts in [facts for facts in others if set(facts.words) & of.ADJUSTMENT][:1]:
        insured = plan.column("payer") is not None or "writeoff" not in facts.words
        kind = "contractual" if insured else "write-off"
        found.append(
            _table("adjustment", 'invoice = ["row"]', _amount(facts), f'kind = {{ fixed = "{kind}" }}', "so-far = true")
        )
    return found


def _amount(facts: Facts) -> str:
    """The key of an amount: taken off where the export writes it as a negative number."""
    telling = [cell for cell in facts.filled if not is_zero(cell)]
    negative = sum(map(is_negative, telling)) > 0.5 * len(telling)
    return _signed(facts, negative=negative)


def _signed(facts: Facts, *, negative: bool) -> str:
    return f"amount = []\nless = {toml.names([facts])}" if negative else f"amount = {toml.names([facts])}"


def _insurer(plan: Plan) -> str:
    """The key that says which insurer's money it is; of one that no column names, that it is an insurer's."""
    return _key("payer", plan.column("payer")) or payers.INSURER


def _other(plan: Plan, what: str) -> str:
    return meanings_of(what, plan.answers.words).get(ANY, "")


def _own_day(plan: Plan) -> Facts | None:
    """The bill's day; that of its payment or term is none, where a visit tells the day."""
    date = plan.column("date")
    if date is not None and set(date.words) & {"paid", "due", "payment"} and plan.column("visit") is not None:
        return None
    return date


def _visit_of(plan: Plan) -> str:
    """What a bill says of its visit: the id, or patient and day."""
    visit = plan.column("visit")
    if visit is not None:
        return _key("visit", visit, many=True)
    return 'visit = ["found"]' if plan.patients and plan.column("date") is not None else ""


def _invoices(plan: Plan) -> list[str]:
    own, visit = plan.column("id"), plan.column("visit")
    group = plan.column("invoice") or visit
    is_line = own is not None and group is not None and bool(set(own.words) & (of.CHARGE | of.PROCEDURE))
    amount = plan.column("amount")
    shares = None if is_line else plan.shares

    def bill(charge: Facts | None, payer: str) -> str:
        return _table(
            "invoice",
            _key("id", group, many=True) if is_line else _id(plan, "date", "visit", "amount"),
            _key("line", own, many=True) if is_line else "",
            _visit_of(plan),
            _key("date", _own_day(plan)),
            _key("provider", plan.column("provider")),
            _key("service", plan.column("service")) if is_line else "",
            payer,
            _key("due", _due(plan)),
            _key("amount", charge, many=True),
            "merge = true" if own is not None and own.uniqueness < 1 and not is_line else "",
        )

    insurer = _key("payer", plan.column("payer"))
    if shares is not None:
        return [bill(shares[1], ""), bill(shares[0], insurer or payers.INSURER)]
    return [bill(amount, insurer), *(_so_far(plan, amount) if amount is not None and not is_line else [])]


def _due(plan: Plan) -> Facts | None:
    return next((facts for facts in plan.found.facts if facts.is_dates and "due" in facts.words), None)


def _for(plan: Plan) -> list[str]:
    """What a payment says of what it is for."""
    claim = plan.refers["claim"][0] if "claim" in plan.refers else None
    claim = claim or next((facts for facts in plan.found.facts if of.is_id_of(facts, of.CLAIM)), None)
    return [
        _key("invoice", plan.column("invoice"), many=True),
        _key("visit", plan.column("visit"), many=True),
        _key("claim", claim),
    ]


def _payments(plan: Plan) -> list[str]:
    amount, named = plan.column("amount"), _key("payer", plan.column("payer"))
    return [
        _table(
            "payment",
            _id(plan, "date", "amount", "invoice", "visit"),
            _key("date", plan.column("date")),
            *_for(plan),
            named,
            payers.INSURER if part.of_insurers else "",
            f"method = {part.method}",
            _amount(amount) if amount is not None else "",
            _key("reference", _reference(plan)),
            toml.when(part.rows) if part.rows else "",
        )
        for part in payers.parts(plan, plan.column("method"))
    ]


def _reference(plan: Plan) -> Facts | None:
    """The number of a check or transfer."""
    own = plan.column("id")
    for facts in plan.found.facts:
        words = set(facts.words)
        numbered = words & {"reference", "check"} and words & (of.ID | {"check"})
        other = facts.is_dates or of.is_money(facts) or words & (of.INVOICE | of.VISIT | of.PATIENT)
        if facts is not own and numbered and not other:
            return facts
    return None


def _adjustments(plan: Plan) -> list[str]:
    amount = plan.column("amount")
    column = type_column(plan.found.facts)
    given = meanings_of("adjustment", plan.answers.words)
    other = given.pop(ANY, "")
    meanings = {
        **adjusted(column),
        **{word: kind for word, kind in given.items() if column and word in column.distinct},
    }
    invoice = plan.column("invoice") or plan.column("visit") or _claim_of(plan) or _procedure_of(plan)
    return [
        _table(
            "adjustment",
            _id(plan, "date", "amount"),
            _key("date", plan.column("date")),
            _key("invoice", invoice, many=True) or "invoice = []",
            f"kind = {toml.words(column if meanings else None, meanings, other)}",
            _amount(amount) if amount is not None else "",
        )
    ]


def _claim_of(plan: Plan) -> Facts | None:
    return next((facts for facts in plan.found.facts if of.is_id_of(facts, of.CLAIM)), None)


def _procedure_of(plan: Plan) -> Facts | None:
    return next((facts for facts in plan.found.facts if of.is_id_of(facts, of.PROCEDURE | of.CHARGE)), None)


def _claims(plan: Plan) -> list[str]:
    meanings, other = _status(plan)
    meanings = {word: meaning for word, meaning in meanings.items() if meaning != SKIP}
    bill = plan.column("invoice") or plan.column("visit") or plan.column("id")
    submitted = next(
        (facts for facts in plan.found.facts if facts.is_dates and _is_of_sending(set(facts.words))),
        None,
    )
    other = "" if other == SKIP else other
    status = toml.words(plan.column("status"), meanings, other, "" if meanings else "submitted")
    return [
        _table(
            "claim",
            _id(plan, "date", "visit", "amount"),
            _key("invoice", bill, many=True) or _id(plan, "date", "visit", "amount").replace("id =", "invoice ="),
            _insurer(plan),
            _key("submitted", submitted),
            f"status = {status}",
        )
    ]


def _is_of_sending(words: set[str]) -> bool:
    return bool(words & {"submitted", "bill", "sent", "filed"}) or words <= {"claim", "date"}


def _of_ledger(plan: Plan) -> list[str]:
    """Charges, payments and adjustments, by the column that says which a row is."""
    ledger = plan.ledger
    amount = plan.column("amount")
    if ledger is None or amount is None:
        return []
    day = _key("date", plan.column("date"))
    group = plan.column("invoice") or _claim_of(plan) or plan.column("visit")
    own = plan.column("id")
    of_bill = _key("invoice", group, many=True)
    number = own if group is None else group
    bill = _table(
        "invoice",
        _key("id", number, many=True) or _id(plan, "date", "amount"),
        _visit_of(plan),
        day,
        _key("provider", plan.column("provider")),
        _key("payer", plan.column("payer")),
        _amount_of(plan, amount, INVOICES),
        "merge = true" if group is not None else "",
        toml.when((ledger, "among", plan.rows_of(INVOICES))),
    )
    money = plan.named("payment") or plan.named("paid") or amount
    paid = plan.rows_of(PAYMENTS)
    theirs = [word for word in paid if "ins" in plain(word)]

    def payment(rows: list[str], payer: str, part: payers.Part) -> str:
        return _table(
            "payment",
            _id(plan, "date", "amount"),
            day,
            of_bill,
            _key("visit", plan.column("visit"), many=True),
            payer,
            f"method = {part.method}",
            _amount_of(plan, money, PAYMENTS),
            toml.when((ledger, "among", rows), *([part.rows] if part.rows else [])),
        )

    off = plan.rows_of(ADJUSTMENTS)
    kinds = {word: kind for word, kind in adjusted(ledger).items() if word in off}
    adjustment = _table(
        "adjustment",
        _id(plan, "date", "amount"),
        day,
        of_bill or "invoice = []",
        f"kind = {toml.words(ledger, kinds, _other(plan, 'adjustment'))}",
        _amount_of(plan, plan.named("adjustment") or amount, ADJUSTMENTS),
        toml.when((ledger, "among", off)),
    )
    mine = [word for word in paid if word not in theirs]
    column, insurer = plan.column("method") or ledger, _insurer(plan)
    tables = [payment(mine, insurer if part.of_insurers else "", part) for part in payers.parts(plan, column) if mine]
    if theirs:
        tables.append(payment(theirs, insurer, payers.Part(True, payers.whole(plan, column))))
    return [bill, *tables, *([adjustment] if off else [])]


def _amount_of(plan: Plan, facts: Facts, kind: str) -> str:
    """The key of an amount by the sign that it has in the rows of a kind."""
    ledger = plan.ledger
    wanted = set(plan.rows_of(kind))
    cells = [
        row.cells[facts.place]
        for row in plan.found.grid.rows
        if ledger is not None and row.cells[ledger.place].strip() in wanted and not is_zero(row.cells[facts.place])
    ]
    negative = sum(map(is_negative, cells)) > 0.5 * len(cells)
    return _signed(facts, negative=negative)


def not_taken(plan: Plan) -> tuple[Facts, list[str], str] | None:
    """Words of a status whose rows are no records: payments that failed, bills that were cancelled, others as said."""
    column = plan.column("status")
    if column is None or column.is_flag:
        return None
    said = [word for word, meaning in plan.answers.words.items() if meaning == SKIP and word in column.distinct]
    if plan.kind == PAYMENTS:
        out = [w for w in column.distinct if set(plain(w).split()) & _NOT_PAID and is_of_the_trade(w)]
        return (column, sorted({*out, *said}), "not paid") if out or said else None
    if plan.kind == INVOICES:
        out = [word for word, meaning in plan.found.status.words.items() if meaning == "cancelled"]
        return (column, sorted({*out, *said}), "cancelled") if out or said else None
    return (column, sorted(said), "left out, as a person said") if said else None
