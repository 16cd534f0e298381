"""Tables of which a bounded part lies in memory and the rest is read block by block."""
