"""People: the list, a person, who may be the same."""
