"""Words by which banks name their columns and say which way money went, in the languages of the exports seen.

Used by detection alone, and only where the numbers themselves do not settle a question. A word counts when it is a part
of a header's text in lower case.
"""

from __future__ import annotations

import re
from typing import Final

DEBIT: Final = (
    "debit", "débit", "debet", "débito", "debito", "withdraw", "paid out", "money out", "funds out", "outflow", "soll",
    "belastung", "lastschrift", "ausgabe", "ausgang", "uttag", "cargo", "salida", "saída", "uscite", "dare", "avgang",
    "支出", "取出", "转出", "借方", "výdaj", "wydat", "obciąż", "charge", "spent", "payments", "dr",
    "расход", "разход", "списан", "дебет", "витрат",
    "addebit", "betalningar", "terhelés", "gider", "borç", "引落", "出金", "支払", "お支払", "출금", "지급", "חובה",
)  # fmt: skip
CREDIT: Final = (
    "credit", "crédit", "crédito", "credito", "kredit", "deposit", "paid in", "money in", "funds in", "inflow", "haben",
    "gutschrift", "einnahme", "eingang", "insättning", "abono", "entrada", "entrate", "avere", "收入", "存入", "转入",
    "贷方", "příjem", "wpływ", "uznan", "receipts", "received", "cr",
    "приход", "поступлен", "зачислен", "зарахуван", "кредит",
    "надходжен", "accredit", "jóváírás", "gelir", "alacak", "入金", "預入", "お預", "입금", "זכות",
)  # fmt: skip
BALANCE: Final = (
    "balance", "saldo", "solde", "kontostand", "running", "余额", "egyenleg", "zůstatek", "stan konta", "stand",
    "остаток", "залишок", "баланс", "残高", "잔액", "bakiye", "יתרה",
)  # fmt: skip
AMOUNT: Final = (
    "amount", "betrag", "umsatz", "importe", "importo", "montant", "valor", "value", "bedrag", "belopp", "beløb",
    "beloep", "kwota", "částka", "ciastka", "suma", "summa", "sum", "összeg", "összege", "金额", "money", "total",
    "gross", "cad$",
    "soll/haben", "entrée", "сумма", "сума", "金額", "거래금액", "tutar", "סכום", "sarja", "määrä", "znesek", "iznos",
)  # fmt: skip
SIDE_AMOUNT: Final = (
    "foreign", "fremd", "original", "orig", "local", "tax", "fee", "gebühr", "converted", "refund", "exchange", "kurs",
    "rate", "tip", "discount", "shipping", "gift", "交易金额", "订单金额", "compensation", "ursprung", "auslage", "net",
    "kosten", "courtage", "instructed", "equivalent",
)  # fmt: skip
NO_AMOUNT: Final = (
    "number", "nummer", "numéro", "no.", "#", "account", "konto", "card", "kart", "karte", "carte", "check", "cheque",
    "reference", "ref", "id", "code", "zip", "year", "month", "time", "uhrzeit", "时间", "号", "symbol", "iban", "blz",
    "sort", "phone", "digits", "rtn", "batch", "sequence", "volgnr", "mandat", "kunde", "clearing", "postal", "rows",
    "quantity", "shares", "price", "latitude", "longitude", "serial", "terminal", "journal",
)  # fmt: skip
POSTED_AMOUNT: Final = ("billing", "posted", "settle", "结算", "入账", "记账", "buchungsbetrag")
BOOKED: Final = ("book", "post", "buchung", "记账", "入账", "bokför", "zaúčt", "księg", "processed", "clear")
VALUE_DATE: Final = ("valu", "wertstell", "rente", "value", "effective", "interest", "execution")
CURRENCY: Final = (
    "currency", "ccy", "curr", "cur", "währung", "waehrung", "devise", "moneda", "valuta", "munt", "monnaie", "monn",
    "měna", "mena", "waluta", "币", "货币", "devizanem", "valyuta", "валюта", "通貨", "通화",
)  # fmt: skip
OTHER: Final = (
    "original",
    "foreign",
    "local",
    "instructed",
    "exchange",
    "fremd",
    "orig",
    "converted",
    "balance",
    "country",
)
_CURRENCY_TEXT: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD
MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RMB
RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
CURRENCIES: Final = frozenset(_CURRENCY_TEXT.split())
"""ISO 4217, with those that are gone or only traded under another code and still stand in exports."""
FEE: Final = ("fee", "fees", "gebühr", "entgelt", "commission", "kommission", "frais", "kosten", "手续费", "poplatek")
CHECK_NUMBER: Final = ("check", "cheque", "chq", "chk", "check no", "check #", "check number", "serial number", "slip")
OTHER_DATE: Final = (
    "initial", "final", "from", "start", "end", "through", "due", "statement", "birth", "export", "created", "creation",
    "opening", "closing", "period", "expir", "printed", "updated", "modified", "available",
)  # fmt: skip
BOOKED_DATE: Final = (
    "date", "trans", "post", "book", "buchung", "datum", "fecha", "data", "date operation", "日", "дата", "tarih",
    "dátum", "päivä", "dato",
)  # fmt: skip
ZONE: Final = ("zone", "country", "state", "type", "status", "language", "brand", "location", "region")
PENDING: Final = re.compile(
    r"^(pending|vorgemerkt|offen|en attente|pendiente|in behandeling|preliminär|authori[sz]ed|processing|scheduled)\b|"
    r"\bvorgemerkt|\bpending\b",
    re.IGNORECASE,
)
STATED_BALANCE: Final = re.compile(
    r"^\W*((opening|closing|beginning|ending|starting|previous|new|final|initial) balance|anfangssaldo|endsaldo|"
    r"saldo (inicial|finale|final|anterior|iniziale|contabile|początkowe|końcowe)|turnover$|(alter|neuer) kontostand|"
    r"balance (brought|carried)|solde (initial|final|précédent|en début|en fin)|(входящий|исходящий) остаток|"
    r"(ingående|utgående) saldo)",
    re.IGNORECASE,
)
CARD: Final = (
    "card", "visa", "mastercard", "amex", "kreditkarte", "kredietkaart", "carte", "tarjeta", "cartão", "信用卡", "卡号",
    "卡末", "merchant", "order",
)  # fmt: skip
OUTSIDE_US: Final = (
    "sort code",
    "gbp",
    "£",
    "eur",
    "€",
    "iban",
    "bic",
    "chf",
    "sek",
    "aud",
    "nzd",
    "sgd",
    "inr",
    "hkd",
)
PROCESSOR_WORDS: Final = ("fee", "payout", "net", "gross")
PROCESSOR: Final = ("fee", "net", "gross")

# what an indicator column says (the accounting words), and what a type column says (the words of daily life)
OUT_WORDS: Final = frozenset(
    {
        "d",
        "dr",
        "db",
        "dbit",
        "debit",
        "debet",
        "débit",
        "debito",
        "débito",
        "s",
        "soll",
        "af",
        "借",
        "借 dr",
        "дебет",
        "списание",
        "-",
        "withdrawal",
        "out",
    }
)
IN_WORDS: Final = frozenset(
    {
        "c",
        "cr",
        "crdt",
        "credit",
        "kredit",
        "crédit",
        "credito",
        "crédito",
        "h",
        "haben",
        "k",
        "bij",
        "贷",
        "贷 cr",
        "кредит",
        "зачисление",
        "+",
        "deposit",
        "in",
    }
)
OUT_TYPES: Final = re.compile(
    r"^(支出|消费|取现|转出|expense|spend|sent|purchase|sale|pos |payment to|money out|outgoing|ausgabe|dépense|gasto)",
    re.I,
)
IN_TYPES: Final = re.compile(
    r"^(收入|退货|退款|还款|信用卡还款|转入|income|received?|refund|return|money in|incoming|einnahme|recette|ingreso)",
    re.I,
)

# texts of entries that go one way only, seen from the account's owner
MONEY_IN: Final = re.compile(
    r"payment (received|recv|- ?thank|thank)|thank you|autopay|还款|退款|退货|refund|cash ?back|返|direct deposit|"
    r"payroll|salary|salaire|gehalt|lohn\b|income|interest (paid|earned|credit)|deposit|gutschrift|remboursement|"
    r"credit (interest|voucher)|nómina|wynagrodzenie|dividend|inflow\b",
    re.IGNORECASE,
)
# what no bank writes of money that left
SURELY_IN: Final = re.compile(
    r"payment (received|recv|- ?thank|thank)|thank you for your payment|autopay payment", re.I
)
MONEY_OUT: Final = re.compile(
    r"\bpos\b|\bdebit card\b|purchase|withdraw|\batm\b|kartenzahlung|lastschrift|消费|\brent\b|\bfee\b|"
    r"\buber\b|amazon|grocer|supermarket|restaurant|netflix|starbucks|outflow\b|expense|miete",
    re.IGNORECASE,
)


def says(header: str, words: tuple[str, ...]) -> bool:
    """Whether a header holds one of the words; a word of at most three letters must stand alone."""
    low = header.casefold()
    for word in words:
        if len(word) > 3 or not word.isascii() or not word.isalpha():
            if word in low:
                return True
        elif re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", low):
            return True
    return False
