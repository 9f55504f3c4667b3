"""The `fluffy` command line: the second front end, which keeps the core honest."""
