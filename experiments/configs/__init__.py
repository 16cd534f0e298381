"""Config files: each is a setting, and its docstring says what for."""
