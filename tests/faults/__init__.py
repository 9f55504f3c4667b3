"""Faults injected into running processes, and fuzzed files."""
