"""Records to directives: what is booked already is left out, the rest is posted."""
