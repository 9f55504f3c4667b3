"""Which models there are, here and elsewhere, and how they come here."""
