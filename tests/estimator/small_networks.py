"""Settings of networks that train for a moment."""

SMALL = {
    "model.width": 8,
    "model.depth": 2,
    "model.critic_width": 8,
    "model.critic_depth": 2,
    "train.batch": 16,
    "train.chunk": 10,
}

PLAIN = SMALL | {"train.unmix": False}
"""The same without the linear step, which compiles two programs more."""
