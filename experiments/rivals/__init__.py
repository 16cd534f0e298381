"""Methods that a user may pick, side by side: how each is fitted, scored and shown."""
