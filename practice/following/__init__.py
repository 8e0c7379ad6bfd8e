"""Claims on their way from the practice to the insurer's decision."""
