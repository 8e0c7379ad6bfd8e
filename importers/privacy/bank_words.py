"""Words of bank statements that say what kind of entry a line is, and name nobody."""

from __future__ import annotations

from typing import Final

_KIND_TEXT: Final = """
a account ach adjustment advance amt an and at atm auto automatic bank bill branch cash cashed cashier cashiers check
checking checks cheque cheques chk chq chqs ck cks counter credit credits customer cr date db dda debit debits dep
deposit deposited deposits desc description direct dr draft drawn eft electronic external for foreign from fund funds
home id in inc incoming inst instant internal internet into item items line loan lockbox mail misc miscellaneous
mobile money monthly new night no nr num number of on online order other out outgoing over overdraft paid paper pay
payment payments pd pending phone pmt point pos post preauthorized preauth purchase pymnt pymt received ref reference
remote return returned reversal sale sav saving savings scheduled self sent serial share shared slip sub substitute
sweep tel telephone teller the thank to trace transaction transactions transfer transferred transfers trf trn trnsfr
txn type unknown venmo via visa web window wire withdraw withdrawal withdrawals withdrawl wd wdl xfer you your zelle
paypal
einzahlung auszahlung gutschrift lastschrift scheck überweisung umbuchung dauerauftrag bareinzahlung barauszahlung
chèque dépôt virement retrait versement prélèvement depósito transferencia retiro cheques pago
"""
KINDS: Final = frozenset(_KIND_TEXT.split())
