"""What servers have, brought here and kept in line."""
