"""Files that people have: reading them, checking them, saying what u is."""
