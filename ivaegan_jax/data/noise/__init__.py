"""How noisy x is before any model, and which law its rows have: real numbers, or counts."""
