"""Qt item models over core queries: no SQL, no network."""
