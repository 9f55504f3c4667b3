"""Gmail, Google's calendars and contacts."""
