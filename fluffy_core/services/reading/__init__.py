"""Mail listed, opened, searched and asked."""
