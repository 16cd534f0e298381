"""Data whose sources are known, drawn by a data seed, and digits."""
