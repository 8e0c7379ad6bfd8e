"""The insured sample practice: its story (`clinic`, `claims`, `desk`, `banks`), as files (`generate`), and its truth.

Nothing here uses Daysheet: `truth` is what the practice itself knows, and what Daysheet's figures are held against.
"""
