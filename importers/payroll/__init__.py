"""Payroll journals: a file of paychecks, read by a column map, booked as the entry of each."""
