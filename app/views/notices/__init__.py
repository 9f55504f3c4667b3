"""Settings of notifications and the tray."""
