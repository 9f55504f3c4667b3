"""Stub."""

from dataclasses import dataclass


@dataclass
class People:
    def methods(self):
        return {}
