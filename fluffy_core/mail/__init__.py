"""Bytes in, values out: MIME, threading, zones, addresses, HTML. No SQL, no network."""
