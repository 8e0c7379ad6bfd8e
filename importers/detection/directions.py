"""Which columns hold the money of an unknown table, and which way it went.

The balance chain decides wherever there is a balance: the columns, the sign and the order under which every balance is
the one before plus the amount between are the right ones, and no other test comes near its certainty. Without a
balance: columns that fill in turn, the headers' words, a column of directions, and last the texts of entries that go
one way only (a payment received, a refund). What none of these settles is said to be unsettled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, permutations, product
from typing import Final

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import (
    AmountColumns,
    DecimalMark,
    Values,
    days_turned,
    decimal_mark,
    heads,
    holds_money,
    in_turn,
    is_credit,
    is_debit,
    is_used,
    links,
    shows_money,
    signed_by_suffix,
    suffix_of,
    values_of,
)
from daysheet.importers.detection.fee_columns import by_fees, rivals_of
from daysheet.importers.detection.grid import Column, Grid
from daysheet.importers.rows.cell_kinds import is_negative, is_zero
from daysheet.importers.rows.values import amount_parser

_MOST_WORDS: Final = 6
_OTHER_KINDS: Final = re.compile(r"[ck]ategor|funding|(card|account)[ _]?type|brand", re.IGNORECASE)
_MANY_LINKS: Final = 3
_CLEAR: Final = 3
_FEW_VOTES: Final = 2


def find_money(
    grid: Grid, orders: tuple[str, ...], days: Sequence[str] = (), *, decimal: str = "", only: int | None = None
) -> AmountColumns | None:
    """The money columns of a table, None if it has none.

    Args:
        grid: the table.
        orders: `ascending`, `descending`: those that the dates allow.
        days: the cells of the date column; the rows of one day may run the other way than the days.
        decimal: the decimal mark, where a person has said it.
        only: the place of the amount's column, where a person has said it.
    """
    mark = DecimalMark(decimal, True, "") if decimal else decimal_mark(grid)
    decimal = mark.mark
    parse = amount_parser(decimal)
    numbers = [column for column in grid.columns if holds_money(column)]
    if only is not None:
        numbers = [c for c in numbers if c.place == only or words.says(c.header, words.BALANCE)]
    values = {column.place: values_of(column, parse) for column in numbers}
    table = _Table(grid, numbers, values, decimal, orders, tuple(days_turned(days)))
    found = table.by_chain() or table.by_suffix() or table.doubted(table.by_pair()) or table.by_one_column()
    if found is None:
        return None
    rivals = rivals_of(grid, found) if only is None else ()
    return replace(found, decimal_sure=mark.sure, decimal_why=mark.why, rivals=rivals)


@dataclass(frozen=True)
class _Table:
    grid: Grid
    numbers: list[Column]
    values: dict[int, Values]
    decimal: str
    orders: tuple[str, ...]
    turned: tuple[int, ...]

    # the balance chain ------------------------------------------------------------------------------------------

    def by_chain(self) -> AmountColumns | None:
        """The reading under which most links of a balance chain close, if nearly all of them do."""
        as_they_stand = tuple(range(len(self.turned)))
        return self._best_chain(()) or (self._best_chain(self.turned) if self.turned != as_they_stand else None)

    def _best_chain(self, rows: tuple[int, ...]) -> AmountColumns | None:
        best: tuple[tuple[int, ...], AmountColumns] | None = None
        for balance in self._balances():
            for candidate, values in self._readings(balance):
                amounts, balances = values, self.values[balance.place]
                if rows:
                    amounts, balances = [amounts[row] for row in rows], [balances[row] for row in rows]
                for order in self.orders:
                    closed, all_links = links(amounts, balances, order)
                    explained = (closed, sum(map(bool, amounts)), self._telling(candidate))
                    if closed and closed >= 0.95 * all_links and (best is None or explained > best[0]):
                        best = (explained, self._chained(candidate, balance, order, closed))
        return best[1] if best else None

    def _telling(self, money: AmountColumns) -> int:
        """Between readings that close the same links: a pair so named, a column of directions, one column."""
        if money.debit is not None and money.credit is not None:
            columns = self.grid.columns
            return 4 if is_debit(columns[money.debit]) and is_credit(columns[money.credit]) else 1
        return {"indicator": 3, "type": 2}.get(money.mode, 0)

    def _balances(self) -> list[Column]:
        named = [column for column in self.numbers if words.says(column.header, words.BALANCE)]
        return named or [column for column in self.numbers if len(column.filled) > 2]

    def _readings(self, balance: Column) -> Iterator[tuple[AmountColumns, Values]]:
        """Every way in which columns beside the balance could give signed amounts."""
        others = [column for column in self.numbers if column.place != balance.place]
        if len(balance.filled) <= _MANY_LINKS and (pair := self._named_pair()):
            # a chain of a link or two is no reason to disbelieve the headers
            yield from self._pair_readings(pair[0].place, pair[1].place)
            return
        for column in others:
            found = self.values[column.place]
            suffixed = self._suffixed(column)
            if suffixed is not None:
                yield suffixed, signed_by_suffix(column, found)
                continue
            yield AmountColumns("signed", self.decimal, amount=column.place), found
            yield (
                AmountColumns("inverted", self.decimal, amount=column.place),
                [None if v is None else -v for v in found],
            )
        for one, two in permutations(others, 2) if not self._one_is_enough() else ():
            named = is_debit(one) and is_credit(two)
            if in_turn(one, two) and (named or (is_used(one) and is_used(two))):
                yield from self._pair_readings(one.place, two.place)
        for column in others:
            if not any(map(is_negative, column.cells)):
                yield from self._worded_readings(column)

    def _pair_readings(self, debit: int, credit: int) -> Iterator[tuple[AmountColumns, Values]]:
        pairs = [
            (out or Decimal(0), into or Decimal(0))
            for out, into in zip(self.values[debit], self.values[credit], strict=True)
        ]
        mode = self._pair_mode(self.grid.columns[debit], self.grid.columns[credit])
        out_sign, in_sign = {"split": (-1, 1), "split-signed": (1, 1), "split-inverted": (-1, -1)}[mode]
        amounts: Values = [out * out_sign + into * in_sign for out, into in pairs]
        yield AmountColumns(mode, self.decimal, debit=debit, credit=credit), amounts

    def _worded_readings(self, column: Column) -> Iterator[tuple[AmountColumns, Values]]:
        for texts in self._directions():
            money = self._worded(column, texts)
            if money is not None:
                low = {word.casefold() for word in money.out}
                signed = [
                    None if value is None else -value if cell.strip().casefold() in low else value
                    for cell, value in zip(texts.cells, self.values[column.place], strict=True)
                ]
                yield money, signed

    def _chained(self, money: AmountColumns, balance: Column, order: str, closed: int) -> AmountColumns:
        """The chain's answer in full."""
        name = f'"{balance.header}"' if balance.header else f"column {balance.place + 1}"
        why = f"{closed} balances in {name} each follow from the one before and the amount between"
        return replace(money, balance=balance.place, order=order, chained=closed, evidence=(why,))

    # without a balance ------------------------------------------------------------------------------------------

    def by_suffix(self) -> AmountColumns | None:
        """Dr or Cr behind the numbers of a column."""
        return next((money for column in self._ranked() if (money := self._suffixed(column))), None)

    def _suffixed(self, column: Column) -> AmountColumns | None:
        suffixes = set(map(suffix_of, column.filled)) - {""}
        if not (suffixes & {"dr", "db", "cr"} or {"d", "c"} <= suffixes or {"s", "h"} <= suffixes):
            return None
        out = tuple(sorted(suffixes & words.OUT_WORDS))
        into = tuple(sorted(suffixes & words.IN_WORDS))
        why = f"amounts end in {', '.join(sorted(suffixes))}"
        return AmountColumns(
            "suffix", self.decimal, amount=column.place, out=out or ("Dr",), into=into or ("Cr",), evidence=(why,)
        )

    def by_pair(self) -> AmountColumns | None:
        """A column for money out and one for money in."""
        if self._one_is_enough():
            return None
        pair = self._named_pair()
        if pair is not None:
            debit, credit = pair
            why = f'"{debit.header}" and "{credit.header}" are filled in turn'
            return AmountColumns(
                self._pair_mode(debit, credit), self.decimal, debit=debit.place, credit=credit.place, evidence=(why,)
            )
        return self._unnamed_pair()

    def doubted(self, pair: AmountColumns | None) -> AmountColumns | None:
        """The pair, unsure if every balance follows with the two changed about."""
        if pair is None or pair.debit is None or pair.credit is None:
            return pair
        for (_, other), order in product(self._pair_readings(pair.credit, pair.debit), self.orders):
            for balance in self._balances():
                closed, every = links(other, self.values[balance.place], order)
                if every and closed == every:
                    why = f'the balances in "{balance.header}" follow only if it is the other way round'
                    return replace(pair, sure=False, evidence=(*pair.evidence, why))
        return pair

    def _named_pair(self) -> tuple[Column, Column] | None:
        """The columns that say they are money out and money in, the fullest of several pairs."""
        if self._one_is_enough():
            return None
        named = [
            (debit, credit)
            for debit in self.numbers
            for credit in self.numbers
            if is_debit(debit) and is_credit(credit) and debit.place != credit.place and in_turn(debit, credit)
        ]
        return min(named, key=lambda pair: -len(pair[0].filled) - len(pair[1].filled), default=None)

    def _unnamed_pair(self) -> AmountColumns | None:
        """Two columns without telling names, of which every row fills exactly one."""
        for one, two in combinations(self.numbers, 2):
            if is_used(one) and is_used(two) and in_turn(one, two, always=True):
                signs = [any(map(is_negative, column.filled)) for column in (one, two)]
                debit, credit = (two, one) if signs == [False, True] else (one, two)
                why = f"every row fills one of the columns {one.place + 1} and {two.place + 1}"
                guess = "negative amounts are money out" if any(signs) else "the first of two is usually money out"
                mode = self._pair_mode(debit, credit)
                found = AmountColumns(mode, self.decimal, debit=debit.place, credit=credit.place, sure=False)
                return replace(found, evidence=(why, guess))
        return None

    def _pair_mode(self, debit: Column, credit: Column) -> str:
        if any(map(is_negative, debit.filled)):
            return "split-signed"
        return "split-inverted" if any(map(is_negative, credit.filled)) else "split"

    def _one_is_enough(self) -> bool:
        """A full signed amount column beside columns of debits and credits, which then only repeat it."""
        for column in self.numbers:
            plain = words.says(column.header, words.AMOUNT) and not words.says(column.header, words.BALANCE)
            sided = is_debit(column) or is_credit(column)
            if plain and not sided and len(column.filled) == len(column.cells) and any(map(is_negative, column.cells)):
                return True
        return False

    def by_one_column(self) -> AmountColumns | None:
        """One amount column: with a column of directions, else by its signs and texts."""
        ranked = self._ranked()
        if not ranked:
            return None
        column = ranked[0]
        if not any(map(is_negative, column.filled)):
            found = [money for texts in self._directions() if (money := self._worded(column, texts))]
            found.sort(key=self._clarity, reverse=True)
            if money := by_fees(self.grid, column, found, self.decimal) or next(iter(found), None):
                return money
        return self._by_texts(column)

    def _clarity(self, money: AmountColumns) -> tuple[object, ...]:
        """Which of several columns of directions says it best: both ways before one, and in most rows."""
        texts = self.grid.columns[money.direction or 0]
        said = sum(
            any(word and cell.strip().startswith(word) for word in (*money.out, *money.into)) for cell in texts.cells
        )
        return (words.says(texts.header, ("收/支", "debit", "credit", "d/c")), len(money.out) and len(money.into), said)

    def _directions(self) -> list[Column]:
        """Columns that may say which way: few different words, or texts that begin with one."""
        return [c for c in self.grid.columns if c.kind == "text" and not _OTHER_KINDS.search(c.header)]

    def _worded(self, column: Column, texts: Column) -> AmountColumns | None:
        """An amount without sign and a column of directions, if `texts` is one."""
        distinct = sorted({cell.strip() for cell in texts.filled})
        low = {cell.casefold() for cell in distinct}
        name = f'"{texts.header}"' if texts.header else f"column {texts.place + 1}"
        if len(distinct) <= _MOST_WORDS and low <= words.OUT_WORDS | words.IN_WORDS:
            out = tuple(cell for cell in distinct if cell.casefold() in words.OUT_WORDS)
            into = tuple(cell for cell in distinct if cell.casefold() in words.IN_WORDS)
            blank = len(texts.filled) < len(texts.cells)
            if not (out and into) and not blank:
                return (
                    None
                    if len(texts.cells) > 3
                    else self._indicator(column, texts, out or ("D",), into or ("C",), name)
                )
            return self._indicator(column, texts, out or ("",), into or ("",), name)
        out_texts = [cell for cell in texts.filled if words.OUT_TYPES.match(cell.strip())]
        in_texts = [cell for cell in texts.filled if words.IN_TYPES.match(cell.strip())]
        share = (len(out_texts) + len(in_texts)) / len(texts.filled)
        if share >= 0.4 and (len(distinct) <= _MOST_WORDS or (out_texts and in_texts and share > 0.9)):
            why = f"the amounts have no sign, and {name} says which way: {', '.join(heads(out_texts + in_texts))}"
            return AmountColumns(
                "type", self.decimal, amount=column.place, direction=texts.place, out=heads(out_texts) or ("-",),
                into=heads(in_texts) or ("+",), evidence=(why,),
            )  # fmt: skip
        return None

    def _indicator(
        self, column: Column, texts: Column, out: tuple[str, ...], into: tuple[str, ...], name: str
    ) -> AmountColumns:
        why = f"the amounts have no sign, and {name} says {'/'.join(word or 'nothing' for word in (*out, *into))}"
        return AmountColumns(
            "indicator", self.decimal, amount=column.place, direction=texts.place, out=out, into=into, evidence=(why,)
        )

    def _ranked(self) -> list[Column]:
        """Amount columns, the likeliest first."""
        columns = [c for c in self.numbers if c.filled and not words.says(c.header, words.BALANCE)]

        def rank(column: Column) -> tuple[object, ...]:
            return (
                not words.says(column.header, words.AMOUNT),
                not words.says(column.header, words.POSTED_AMOUNT),
                column.header.casefold() not in words.AMOUNT,
                words.says(column.header, words.SIDE_AMOUNT),
                not shows_money(column),
                -len(column.filled),
                not any(map(is_negative, column.filled)),
                column.place,
            )

        return sorted(columns, key=rank)

    def _by_texts(self, column: Column) -> AmountColumns:
        """Signed or inverted, by entries whose text goes one way, else by which sign prevails."""
        signed, inverted = self._votes(column)
        agreed, opposed = self._agreement(column)
        signed, inverted = signed + agreed, inverted + opposed
        negative = sum(map(is_negative, column.filled))
        positive = len(column.filled) - negative
        headers = " ".join(column.header for column in self.grid.columns).strip()
        # in a table without a header the card may be named in its cells
        about = headers or " ".join(cell for row in self.grid.rows[:20] for cell in row.cells)
        about += " " + " ".join(cell for row in self.grid.above for cell in row.cells)
        name = f'"{column.header}"' if column.header else f"column {column.place + 1}"
        if {"+", "-"} <= {cell.strip()[:1] for cell in column.filled}:
            return AmountColumns(
                "signed", self.decimal, amount=column.place, evidence=(f"{name} writes plus and minus",)
            )
        if all(words.says(headers, (word,)) for word in words.PROCESSOR):
            why = "fee and net beside the gross: a processor's statement, on which money out is negative"
            return AmountColumns("signed", self.decimal, amount=column.place, evidence=(name, why))
        if signed > inverted or inverted > signed + (2 if negative > positive else 0):
            mode = "signed" if signed > inverted else "inverted"
            more, fewer = max(signed, inverted), min(signed, inverted)
            why = f"{more} texts that go one way have the sign that {mode} gives them"
            why += f", {fewer} have the other" if fewer else ""
            prevailing = "signed" if negative > positive else "inverted" if words.says(about, words.CARD) else ""
            sure = more >= _CLEAR * fewer and (more >= _FEW_VOTES or mode == prevailing)
            return AmountColumns(
                mode, self.decimal, amount=column.place, sure=sure, evidence=(f"{name} has signs", why)
            )
        card = words.says(about, words.CARD)
        if negative > positive or (negative == positive and not card):
            why = f"{negative} of {len(column.filled)} amounts in {name} are negative"
            return AmountColumns(
                "signed", self.decimal, amount=column.place, sure=negative > positive > 0, evidence=(why,)
            )
        if words.says(headers, words.PROCESSOR_WORDS):
            return AmountColumns(
                "signed", self.decimal, amount=column.place, sure=False, evidence=("a processor's fee column",)
            )
        why = "most amounts are positive" + (", and the file speaks of a card" if card else "")
        mode = "inverted" if card else "signed"
        return AmountColumns(mode, self.decimal, amount=column.place, sure=False, evidence=(why,))

    def _agreement(self, column: Column) -> tuple[int, int]:
        """How often a sign agrees with a column of debits and credits beside it, and how often not."""
        agreed = opposed = 0
        for texts in self._directions():
            if {cell.strip().casefold() for cell in texts.filled} <= words.OUT_WORDS | words.IN_WORDS:
                for cell, word in zip(column.cells, texts.cells, strict=True):
                    if not is_zero(cell) and word.strip():
                        same = is_negative(cell) == (word.strip().casefold() in words.OUT_WORDS)
                        agreed, opposed = agreed + same, opposed + (not same)
        return agreed, opposed

    def _votes(self, column: Column) -> tuple[int, int]:
        texts = [
            other
            for other in self.grid.columns
            if other.kind == "text" and not re.search(r"categor|account|class|type|konto", other.header, re.IGNORECASE)
        ]
        signed = inverted = 0
        for number, cell in enumerate(column.cells):
            text = " ".join(other.cells[number] for other in texts)
            into, out = words.MONEY_IN.search(text) is not None, words.MONEY_OUT.search(text) is not None
            if is_zero(cell) or into == out:
                continue
            weight = 3 if words.SURELY_IN.search(text) else 1
            if into != is_negative(cell):
                signed += weight
            else:
                inverted += weight
        return signed, inverted
