"""Calendars, recurrence rules and address books in files."""
