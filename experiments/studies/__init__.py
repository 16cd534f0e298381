"""Named studies: one file each, whose docstring says purpose, command, time and expected bands."""
