"""Which rows are held out: words, proposal, groups, blocks and copies, the draw."""
