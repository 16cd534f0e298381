"""The four blocks of one model as functions of its parameters; who sees what is decided here."""

import functools
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ivaegan_jax.models import modules as nets
from ivaegan_jax.models.batched import in_batches
from ivaegan_jax.models.blocks import ENCODERS, GENERATORS
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.convolutions import make_pixels
from ivaegan_jax.models.distributions import gaussian_product
from ivaegan_jax.models.families import PRIOR_FAMILIES
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.layers import Coded, Inputs, beside
from ivaegan_jax.models.likelihoods import LIKELIHOODS, Likelihood
from ivaegan_jax.models.noise import LEARNED, LOG_NOISE, without_noise
from ivaegan_jax.models.unmixed import SPREAD, from_unmixed, prior_of, to_unmixed, without_map
from ivaegan_jax.types import Conditioning, Number, Params, are_codes

CRITIC_NORM = "critic_norm"
"""The block that no player owns: the critic's spectral norms, moved by their power iteration."""

STANDARD_NORMAL = PRIOR_FAMILIES["gaussian"]


class Dims(NamedTuple):
    """What comes from the data.

    Attributes:
      dim_x: columns of x.
      dim_u: features of u.
      dim_z: latents.
      rows: to train on.
      continuous_u: whether u has no levels.
      image_shape: (height, width) where a row of x is an image, else None.
    """

    dim_x: int
    dim_u: int
    dim_z: int
    rows: int
    continuous_u: bool = False
    image_shape: tuple[int, int] | None = None


class Networks:
    """Encoder, prior, generator and critic; pure functions of `params` and arrays."""

    def __init__(self, config: ModelConfig, dims: Dims):
        """Makes the modules; `config` has no empty choices left."""
        self.config, self.dims = config, dims
        prior_depth = config.prior_depth or (3 if dims.continuous_u else 1)
        pixels = make_pixels(dims.image_shape, config.convolutions, config.channels)
        self.modules: dict[str, nn.Module] = {
            "encoder": ENCODERS[config.encoder](config, dims),
            "prior": nets.ConditionalPrior(
                dims.dim_z,
                config.modulation,
                config.width,
                prior_depth,
                config.activation,
                PRIOR_FAMILIES[config.prior_family].shapes,
            ),
            "generator": GENERATORS[config.generator](config, dims),
            "critic": nets.Critic(
                config.critic_width,
                config.critic_depth,
                config.critic_activation,
                spectral=config.critic_norm == "spectral",
                projection=config.critic_conditioning == "projection" and "u" in self.critic_sees,
                pixels=pixels,
            ),
        }
        conditional = config.prior == "conditional"
        self.family = PRIOR_FAMILIES[config.prior_family] if conditional else STANDARD_NORMAL
        self.likelihood: Likelihood = LIKELIHOODS[config.likelihood]
        self.noise = config.noise or self.likelihood.noise

    def init(self, key: jax.Array, blocks: tuple[str, ...]) -> Params:
        """Initial parameters of the named blocks; a block's draw depends on key and name alone."""
        rows = self.config.packing
        x, z = jnp.zeros((rows, self.dims.dim_x)), jnp.zeros((rows, self.dims.dim_z))
        u = jnp.zeros((rows, self.dims.dim_u))
        inputs = {
            "encoder": self._encoder_input(x, u),
            "prior": (u,),
            "generator": (z,),
            "critic": self._critic_input(x, z, u, 1.0),
        }
        keys = {name: jax.random.fold_in(key, index) for index, name in enumerate(self.modules)}
        variables = {b: self.modules[b].init(keys[b], *inputs[b]) for b in blocks}
        params: Params = {block: v.get("params", {}) for block, v in variables.items()}
        shape = {"one": (), "column": (self.dims.dim_x,)}.get(self.noise)
        if "generator" in params and shape is not None:
            log_noise = jnp.full(shape, jnp.log(self.config.noise_start))
            params["generator"] = {**params["generator"], LOG_NOISE: log_noise}
        norms = variables.get("critic", {}).get("batch_stats")
        return params if norms is None else params | {CRITIC_NORM: norms}

    def refresh(self, params: Params) -> Params:
        """Moves the block that no player owns: one power iteration per layer of the critic."""
        if CRITIC_NORM not in params:
            return params
        rows = self.config.packing
        x, z = jnp.zeros((rows, self.dims.dim_x)), jnp.zeros((rows, self.dims.dim_z))
        u = jnp.zeros((rows, self.dims.dim_u))
        variables = {"params": params["critic"], "batch_stats": params[CRITIC_NORM]}
        _, moved = self.modules["critic"].apply(
            variables, *self._critic_input(x, z, u, 1.0), mutable="batch_stats"
        )
        return params | {CRITIC_NORM: moved["batch_stats"]}

    def encode(
        self, params: Params, x: Float[Array, "batch dim_x"], u: Conditioning
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """Posterior `(mu, log_var)`, each `[batch, dim_z]`; of a mixture the part without u."""
        trained = without_map(params)
        mu, log_var = to_unmixed(params, self._trained_posterior(trained, x, u))
        if SPREAD in params:
            second = trained | {"encoder": params[SPREAD]}
            log_var = self._trained_posterior(second, x, u)[1]
        return mu, log_var

    def _trained_posterior(
        self, params: Params, x: jax.Array, u: Conditioning
    ) -> tuple[jax.Array, jax.Array]:
        """The same before a linear map."""
        own = in_batches(
            lambda x, u: self._apply("encoder", params, *self._encoder_input(x, u)), x, u
        )
        if self.config.posterior == "product":
            return gaussian_product(own, self.prior(params, u)[:2])
        return own

    def encode_with_u(
        self, params: Params, x: Float[Array, "batch dim_x"], u: Conditioning
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """The mixture's other part, `q(z|x) p(z|u)` normalised (Kim et al. 2023)."""
        trained = without_map(params)
        own = self._trained_posterior(trained, x, u), self.prior(trained, u)[:2]
        return to_unmixed(params, gaussian_product(*own))

    def prior(self, params: Params, u: Conditioning) -> tuple[Float[Array, "batch dim_z"], ...]:
        """Prior `(loc, log_var)` and the shapes of its law, `[batch, dim_z]` each.

        It is standard normal without a prior block.
        """
        if self.config.prior == "conditional":
            return self._apply("prior", {"prior": prior_of(params)}, self._told(u))
        zeros = jnp.zeros((u.shape[0], self.dims.dim_z))
        return zeros, zeros

    def decode(
        self, params: Params, z: Float[Array, "batch dim_z"], hyperparameters: Hyperparameters
    ) -> tuple[Float[Array, "batch dim_x"], Float[Array, "*#dim_x"]]:
        """Raw output `x_logit [batch, dim_x]` and the likelihood's log variance."""
        x_logit = self.raw(params, z)
        if self.likelihood.values == "counts":
            return x_logit, self.log_noise(params)
        if self.noise in LEARNED and self.config.decoder_variance == "learned":
            return x_logit, self.log_noise(params)
        log_var = jnp.log(hyperparameters.decoder_variance)
        if self.config.decoder_variance == "learned":
            log_var = log_var + params["generator"]["log_var_ratio"]
        if self.noise != "none":
            log_var = jnp.logaddexp(log_var, self.log_noise(without_noise(params)))
        return x_logit, log_var

    def raw(self, params: Params, z: Float[Array, "batch dim_z"]) -> Float[Array, "batch dim_x"]:
        """The generator's output, of which the likelihood makes observations."""
        return in_batches(lambda z: self._generated(params, z), z)

    def log_noise(self, params: Params) -> Float[Array, "*#dim_x"]:
        """The log variance of the observations' noise, or the log dispersion of counts."""
        start = jnp.log(jnp.asarray(self.config.noise_start))
        return 2.0 * params["generator"].get(LOG_NOISE, start)

    def observe(
        self, params: Params, key: jax.Array, x_logit: Float[Array, "batch dim_x"]
    ) -> Float[Array, "batch dim_x"]:
        """What would be observed of a raw output: a draw, or `E[x|z]` where noise is unknown."""
        if self.noise == "none":
            return self.likelihood.mean(x_logit)
        assert self.likelihood.draw is not None
        return self.likelihood.draw(key, x_logit, self.log_noise(params))

    def generate(
        self, params: Params, z: Float[Array, "batch dim_z"]
    ) -> Float[Array, "batch dim_x"]:
        """`E[x|z]`."""
        return in_batches(lambda z: self.likelihood.mean(self._generated(params, z)), z)

    def _generated(self, params: Params, z: jax.Array) -> jax.Array:
        return self._apply("generator", params, from_unmixed(params, z))[0]

    def critic(
        self,
        params: Params,
        x: Float[Array, "rows dim_x"],
        z: Float[Array, "rows dim_z"],
        u: Conditioning,
        label_scale: Number,
    ) -> tuple[Float[Array, " packs"], Float[Array, "packs width"]]:
        """`(logit, features)` of whatever the critic sees of (x, z, u), `packing` rows at once."""
        norm = {"batch_stats": params[CRITIC_NORM]} if CRITIC_NORM in params else {}
        z = from_unmixed(params, z) if "z" in self.critic_sees else z

        def judged(x: jax.Array, z: jax.Array, u: jax.Array) -> Any:
            seen = self._critic_input(x, z, u, label_scale)
            return self._apply("critic", params, *seen, **norm)

        return in_batches(judged, x, z, u) if self.config.packing == 1 else judged(x, z, u)

    def _apply(self, block: str, params: Params, *inputs: Inputs, **collections: Params) -> Any:
        return self.modules[block].apply({"params": params[block]} | collections, *inputs)

    def _encoder_input(self, x: jax.Array, u: jax.Array) -> tuple[jax.Array, Inputs]:
        return x, self._told(u) if self.config.posterior == "x,u" else jnp.zeros((len(u), 0))

    def _told(self, u: jax.Array, scale: Number | None = None) -> Inputs:
        """A u as layers take it, `scale` times: codes of its levels, or its features."""
        if are_codes(u):
            none = jnp.zeros((len(u), 0))
            return Coded(none, u, self.dims.dim_u, 1.0 if scale is None else scale)
        return u if scale is None else scale * u

    @functools.cached_property
    def critic_sees(self) -> frozenset[str]:
        """The variables among x, z, u that the critic is given."""
        return frozenset(self.config.critic_input.split(","))

    def _critic_input(self, x, z, u, label_scale) -> tuple[jax.Array, Inputs, Inputs]:
        """`(x, others, u)`, one row per pack; a pack shares its u, which is given once."""
        packs = x.shape[0] // self.config.packing
        x, z = x.reshape(packs, self.config.packing, -1), z.reshape(packs, -1)
        u = self._told(u[:: self.config.packing], label_scale)
        seen = z if "z" in self.critic_sees else z[:, :0]
        if "u" in self.critic_sees and self.config.critic_conditioning == "concatenate":
            return x, beside(seen, u), u
        return x, seen, u
