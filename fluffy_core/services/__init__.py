"""Use cases, one verb per function; they join store, mail, connectors and ai."""
