"""The practice of two doctors: its files as they would be exported, and the books that come of them.

`generate` writes a year of files, the same each time; the books beside this file are what `daysheet import` makes of
them. Every person, payee and number in them is invented.
"""
