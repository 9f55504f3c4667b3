"""Mail written, in the user's voice, and sent."""
