"""How a study goes on, for a person who waits: what is left, a bar with ETA, lines elsewhere."""
