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
      balanced: whether the rows of a batch are drawn level by level of u, each as often as any
        other, and not as often as it has rows.
      block_rows: training rows that lie in memory at a time, of a table that is read in blocks;
        0 takes the whole table where it fits.
      starts: of every run. After a tenth of the steps the half whose latents tell most about u
        goes on, and again whenever the steps have doubled, until one is left. 0 takes 8 where
        models see codes of images, and 1 elsewhere. A model without the InfoNCE loss has one.
      unmix: whether a model with p(z|u) may get a linear map of its latents after training.
      spread: whether a model that knows of noise gets the variance of its posterior after training,
        from generated rows, whose latents are known.
    """

    batch: int = 64
    critic_rounds: int = 1
    chunk: int = 500
    checkpoint_chunks: int = 5
    ema: bool = False
    balanced: bool = False
    block_rows: int = 0
    starts: int = 0
    unmix: bool = True
    spread: bool = True
