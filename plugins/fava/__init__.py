"""The pages that Fava shows: `plugin`-free, an extension of Fava."""
