"""Figures, each from recorded rows or kept arrays."""
