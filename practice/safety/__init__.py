"""The verbs that keep books safe: what they may run, whom their secret serves, whether all is in order."""
