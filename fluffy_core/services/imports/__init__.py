"""Files in and out: looked at, prepared, stored, written."""
