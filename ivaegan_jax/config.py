"""Static structure: what changes shapes or the graph. Numbers that only scale are in hypers.py."""

import dataclasses

from ivaegan_jax.hypers import Hypers

ACTIVATIONS = ("xtanh", "leaky_relu", "relu", "gelu", "silu", "tanh")
"""`xtanh` is tanh(x) + 0.1 x, an injective squashing function."""

CHOICES: dict[str, tuple[str, ...]] = {
    "prior": ("", "standard", "conditional"),
    "prior_family": ("gaussian", "laplace"),
    "modulation": ("both", "variance", "mean"),
    "posterior": ("", "x", "x,u"),
    "likelihood": ("gaussian", "bernoulli"),
    "decoder_variance": ("fixed", "learned"),
    "kl": ("closed_form", "decomposed"),
    "critic_input": ("", "x", "x,u", "x,z", "x,z,u"),
    "fakes": ("", "prior", "recon", "prior,recon"),
    "adversarial": ("non_saturating", "relativistic"),
    "regularisers": ("", "r1", "r2", "r1,r2"),
    "activation": ACTIVATIONS,
    "critic_activation": ACTIVATIONS,
}
"""The values each named choice may take. Empty means what the preset's row says; for the
regularisers, none."""


@dataclasses.dataclass(unsafe_hash=True)
class DataConfig:
    """How a benchmark is drawn and a table prepared; 0 or "" means the data set's own value.

    Attributes:
      segments: number of levels of u.
      per_segment: rows per level.
      dim: number of sources and observations.
      layers: mixing layers.
      source: distribution of the sources.
      activation: non-linearity of the mixing.
      scale: standard deviation of the standardised observations.
      valid_fraction: share of rows held out for choosing between runs.
      test_fraction: share of rows held out for scoring.
    """

    segments: int = 0
    per_segment: int = 0
    dim: int = 0
    layers: int = 0
    source: str = ""
    activation: str = ""
    scale: float = 1.5
    valid_fraction: float = 0.1
    test_fraction: float = 0.1


@dataclasses.dataclass(unsafe_hash=True)
class ModelConfig:
    """Which networks and distributions there are; see `CHOICES` for the values of each name.

    Attributes:
      dim_z: latent dimensions; 0 takes the number of sources, else dim_x where that is at most 10.
      prior: `p(z)` or `p(z|u)`.
      prior_family: of the conditional prior.
      modulation: which parameters of the prior depend on u.
      posterior: what the encoder sees.
      likelihood: `p(x|z)`.
      decoder_variance: whether the Gaussian likelihood's variance is learned.
      kl: closed form, or decomposed into mutual information, total correlation, dimension-wise.
      critic_input: what the critic sees.
      fakes: decoded prior samples, reconstructions, or both.
      adversarial: the pair of losses.
      regularisers: gradient penalties of the critic.
      width: hidden units of encoder, generator and a deep prior.
      depth: linear layers of encoder and generator.
      prior_depth: linear layers of the conditional prior; 1 is a table for a discrete u.
      critic_width: hidden units of the critic.
      critic_depth: linear layers of the critic.
      activation: of encoder, generator and prior.
      critic_activation: of the critic.
    """

    dim_z: int = 0
    prior: str = ""
    prior_family: str = "gaussian"
    modulation: str = "both"
    posterior: str = ""
    likelihood: str = "gaussian"
    decoder_variance: str = "fixed"
    kl: str = "closed_form"
    critic_input: str = ""
    fakes: str = ""
    adversarial: str = "non_saturating"
    regularisers: str = "r1"
    width: int = 100
    depth: int = 3
    prior_depth: int = 1
    critic_width: int = 128
    critic_depth: int = 3
    activation: str = "xtanh"
    critic_activation: str = "leaky_relu"


@dataclasses.dataclass(unsafe_hash=True)
class TrainConfig:
    """The loop around the model.

    Attributes:
      batch: rows per update of each player.
      critic_rounds: critic updates per round of the game.
      chunk: steps between two log rows.
      checkpoint_chunks: chunks between two checkpoints.
    """

    batch: int = 64
    critic_rounds: int = 1
    chunk: int = 500
    checkpoint_chunks: int = 5


@dataclasses.dataclass
class Config:
    """Everything a config file holds; every field is a flag, such as `--config.model.dim_z=4`."""

    data: DataConfig = dataclasses.field(default_factory=DataConfig)
    model: ModelConfig = dataclasses.field(default_factory=ModelConfig)
    train: TrainConfig = dataclasses.field(default_factory=TrainConfig)
    hypers: Hypers = dataclasses.field(default_factory=Hypers)
