"""Mail, calendars and contacts at Microsoft, through Graph."""
