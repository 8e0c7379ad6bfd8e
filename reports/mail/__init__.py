"""Mail at tax time: the pack drafted, approved by a person, and sent once, to the right person.

A message moves `draft → approved → sending → sent | refused | deferred | unknown` (`outbox`). What is sent are the
bytes that were approved, to the one recipient they were approved for (`recipients`).
"""
