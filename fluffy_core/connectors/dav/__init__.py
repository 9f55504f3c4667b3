"""Calendars and address books on CalDAV and CardDAV servers."""
