"""The tax return: what goes on its lines and schedules, and each owner's share."""
