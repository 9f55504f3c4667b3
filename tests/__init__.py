"""The tests: unit/ mirrors the core, contracts/ holds protocols, faults/ injects what goes wrong."""
