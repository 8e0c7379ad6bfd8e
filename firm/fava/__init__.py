"""Fava over a firm: one address, a page of all clients, and each client's ledger in a process of its own."""
