"""What keeps books whole over the years: the secret of their tokens, and an examination of all that they rest on."""
