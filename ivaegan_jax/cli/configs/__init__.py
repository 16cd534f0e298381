"""Config files of the programs."""
