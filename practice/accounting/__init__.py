"""What the accounts mean: which liability is a loan and which a card, what is an expense when, and who was paid."""
