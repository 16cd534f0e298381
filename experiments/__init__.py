"""Programs: train, compare, encode, report."""
