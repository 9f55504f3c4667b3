"""The core of FluffyMail: usable and tested without Qt."""
