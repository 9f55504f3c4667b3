"""Zones of a text: what is new, quoted, signed or added by machines."""
