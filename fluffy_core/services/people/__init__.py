"""Who is who, what is known of them, and when they meet."""
