"""`build(config, dims, blocks) -> Model`: one model as a tuple of pure functions."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
from jaxtyping import Array, Float

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.families import Theory
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.networks import Dims, Networks
from ivaegan_jax.models.terms import Pass, evaluate_terms, evidence
from ivaegan_jax.types import Batch, Conditioning, Params, Terms


class Model(NamedTuple):
    """Pure functions of one seed's parameters.

    Attributes:
      init: `key -> params`, a dict by block.
      terms: `(params, batch, key, hyperparameters, names) -> terms`, unweighted.
      encode: `(params, x, u) -> (mu, log_var)`, each `[batch, dim_z]`; u is ignored where the
        posterior is q(z|x).
      prior: `(params, u) -> (loc, log_var, *shapes of the law)`, each `[batch, dim_z]`.
      decode: `(params, z) -> E[x|z]`, `[batch, dim_x]`.
      sample: `(params, key, u) -> x`, decoded draws of p(z|u), with the noise that the
        model knows of.
      refresh: `params -> params`, with the block moved that no player owns (spectral norms).
      noise: `(params, batch, key, hyperparameters) -> log variance` that makes these rows
        likeliest.
      log_prob: `(params, batch, noise, key, hyperparameters) -> log p(x|u)`, nats, `[batch]`: a
        bound.
      log_prior: `(params, z, u) -> log p(z|u)`, nats, of every row of z `[rows, dim_z]` under every
        row of u `[priors, dim_u]`; `[rows, priors]`.
      theory: what is proved of the prior's family.
      is_noisy: whether generated rows have noise, so that rows leave latents open.
    """

    init: Callable[[jax.Array], Params]
    terms: Callable[..., Terms]
    encode: Callable[..., tuple[jax.Array, jax.Array]]
    prior: Callable[..., tuple[jax.Array, ...]]
    decode: Callable[..., jax.Array]
    sample: Callable[..., jax.Array]
    refresh: Callable[[Params], Params]
    noise: Callable[..., jax.Array]
    log_prob: Callable[..., jax.Array]
    log_prior: Callable[..., jax.Array]
    theory: Theory = Theory()
    is_noisy: bool = False


def build(config: ModelConfig, dims: Dims, blocks: tuple[str, ...]) -> Model:
    """Makes the model that `config` describes.

    Args:
      config: structure without empty choices (see presets.resolve).
      dims: sizes that come from the data.
      blocks: the blocks that have parameters.

    Returns:
      Pure functions of parameters and rows; they keep no state.

    Examples:
      >>> import jax
      >>> from ivaegan_jax import PRESETS, Dims, ModelConfig, build, resolve
      >>> config, game = resolve(PRESETS["ivae"], ModelConfig(dim_z=2, width=8))
      >>> model = build(config, Dims(dim_x=3, dim_u=4, dim_z=2, rows=100), game.blocks)
      >>> params = model.init(jax.random.key(0))
      >>> model.decode(params, jax.numpy.zeros((5, 2))).shape
      (5, 3)
    """
    nets = Networks(config, dims)

    def terms(
        params: Params, batch: Batch, key: jax.Array, hyperparameters: Hyperparameters, names: Any
    ) -> Terms:
        return evaluate_terms(Pass(nets, params, batch, key, hyperparameters), names)

    def sample(params: Params, key: jax.Array, u: Conditioning) -> Float[Array, "batch dim_x"]:
        x_logit = nets.raw(params, nets.family.sample(key, *nets.prior(params, u)))
        return nets.observe(params, jax.random.fold_in(key, 1), x_logit)

    def noise(
        params: Params, batch: Batch, key: jax.Array, hyperparameters: Hyperparameters
    ) -> jax.Array:
        run = Pass(nets, params, batch, key, hyperparameters)
        return evidence.fitted_noise(run, evidence.rows_of(run))

    def log_prob(
        params: Params,
        batch: Batch,
        noise: jax.Array,
        key: jax.Array,
        hyperparameters: Hyperparameters,
    ) -> Float[Array, " batch"]:
        run = Pass(nets, params, batch, key, hyperparameters)
        return evidence.log_prob(run, evidence.rows_of(run), noise, evidence.DRAWS)

    def log_prior(
        params: Params, z: Float[Array, "rows dim_z"], u: Conditioning
    ) -> Float[Array, "rows priors"]:
        return nets.family.log_prob_pairs(z, *nets.prior(params, u))

    return Model(
        init=lambda key: nets.init(key, blocks),
        terms=terms,
        encode=nets.encode,
        prior=nets.prior,
        decode=nets.generate,
        sample=sample,
        refresh=nets.refresh,
        noise=noise,
        log_prob=log_prob,
        log_prior=log_prior,
        theory=nets.family.theory,
        is_noisy=nets.noise != "none",
    )
