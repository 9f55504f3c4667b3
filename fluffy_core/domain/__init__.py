"""Values and pure rules: frozen dataclasses and identifiers, standard library only."""
