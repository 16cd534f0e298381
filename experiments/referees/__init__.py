"""Sets of latents for the study of the referee: those of cheap methods, and those of nulls."""
