"""How rows depend on each other, and pairings of x with u that keep it."""
