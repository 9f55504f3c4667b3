"""Measurements of FluffyMail beside its peers, each held against a bar: `python -m benchmarks [NAME…]`."""
