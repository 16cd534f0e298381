"""Static settings of the loop around a model."""

import dataclasses

PACE = ("chunk", "checkpoint_chunks")
"""Settings of `TrainConfig` that change no result: a stopped study may go on with others."""


@dataclasses.dataclass(unsafe_hash=True)
class TrainConfig:
    """The loop around the model.

    Attributes:
      batch: rows per update of each player.
      critic_rounds: critic updates per round of the game.
      chunk: steps between two log rows.
      checkpoint_chunks: chunks between two checkpoints.
      ema: whether evaluation uses an exponential moving average of all but the critic.
      unmix: whether a model with p(z|u) may get a linear map of its latents after training.
    """

    batch: int = 64
    critic_rounds: int = 1
    chunk: int = 500
    checkpoint_chunks: int = 5
    ema: bool = False
    unmix: bool = True
