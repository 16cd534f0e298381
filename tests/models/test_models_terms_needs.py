"""Which terms need no u, against their slopes in u; and what rows without u add to them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.networks import Networks
from ivaegan_jax.models.presets import PRESETS
from ivaegan_jax.models.terms import TERMS, Pass, evaluate_terms, need_no_u

SHARE = 0.75


def pass_of(tiny, dims, batch, hyperparameters, preset, **config):
    one = tiny(preset, **config)
    params = one.model.init(jax.random.key(5))
    return one.game, Pass(
        Networks(one.config, dims), params, batch, jax.random.key(7), hyperparameters
    )


def flat_in_u(run, terms):
    """The terms whose slope in u is zero."""

    def values(u):
        batch = run.batch._replace(u=u)
        again = Pass(run.nets, run.params, batch, run.key, run.hyperparameters)
        return {term: TERMS[term](again) for term in terms}

    slopes = jax.jit(jax.jacrev(values))(run.batch.u)
    return {term for term, slope in slopes.items() if not np.any(slope)}


CASES = [(name, {}) for name in PRESETS] + [
    ("ivae", {"posterior": "x"}),
    ("ivae_gan", {"posterior": "product"}),
    ("vae_gan", {"critic_input": "x,u"}),
]


@pytest.mark.parametrize(("preset", "config"), CASES)
def test_a_term_needs_no_u_where_it_has_no_slope_in_it(tiny, dims, batch, run_of, preset, config):
    smooth = {"critic_activation": "xtanh"} | config  # so that a critic's slope has a slope too
    game, run = pass_of(tiny, dims, batch, run_of().hyperparameters, preset, **smooth)
    terms = game.terms - {"supervised"}  # it needs the sources
    assert terms & need_no_u(run.nets.config) == flat_in_u(run, terms)


def test_rows_that_are_packed_by_u_need_it(tiny):
    free = need_no_u(tiny("vae_gan", packing=2).config)
    assert need_no_u(tiny("vae_gan").config) - free == {"feat", "adv_d", "adv_g", "r1", "r2", "gp"}


def test_terms_that_need_no_u_are_means_over_rows_without_one_too(make_pass):
    run = make_pass()
    others = jnp.flip(2.0 * run.batch.x)
    both = run.batch._replace(unlabelled=others, share=SHARE)
    again = Pass(run.nets, run.params, both, run.key, run.hyperparameters)
    names = ("nll", "nll_mean", "kl", "adv_d", "infonce")
    alone, found = evaluate_terms(run, names), evaluate_terms(again, names)
    apart = Pass(run.nets, run.params, run.batch._replace(x=others), run.key, run.hyperparameters)
    mean = SHARE * TERMS["nll_mean"](apart) + (1 - SHARE) * alone["nll_mean"]
    assert float(found["nll_mean"]) == pytest.approx(float(mean), rel=1e-5)
    assert float(found["nll"]) != pytest.approx(float(alone["nll"]), rel=1e-3)
    for name in ("kl", "adv_d", "infonce"):
        assert float(found[name]) == float(alone[name])
