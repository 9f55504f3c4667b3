"""All SQL lives here: the encrypted database, one module per aggregate, search and vectors."""
