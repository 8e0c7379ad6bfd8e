"""The year's forms: lines, depreciation, contractors, payroll."""
