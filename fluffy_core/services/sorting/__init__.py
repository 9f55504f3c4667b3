"""Mail sorted, by the machine and by the user, whose word teaches."""
