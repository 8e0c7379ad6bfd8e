"""Files to records, records to directives, directives to ledger text.

A *source* recognises a kind of file and reads it to records (`reading`); everything behind that is the same for all.
"""
