"""What only the filed originals know: who a patient is."""
