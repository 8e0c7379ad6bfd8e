"""Many practices' books at once: each client in a process of its own, one table of all."""
