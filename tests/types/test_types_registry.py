import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.distributions import gaussian_kl, gaussian_log_prob, gaussian_sample
from ivaegan_jax.models.families import PRIOR_FAMILIES, PriorFamily, as_prior_family
from ivaegan_jax.models.game import weight_name
from ivaegan_jax.models.terms import TERMS
from ivaegan_jax.studies.pieces import load_recorded
from ivaegan_jax.types import REGISTRIES, InputError, Registry, a_function, fields_of


@pytest.fixture
def table():
    yield Registry("animal", a_function, {"cat": len})
    del REGISTRIES["animal"]


def test_a_registry_is_a_table_that_remembers_who_brought_what(table):
    @table.register("dog")
    def dog():
        return 1

    assert list(table) == ["cat", "dog"]
    assert table["dog"] is dog
    assert {name: origin.module for name, origin in table.origins.items()} == {"dog": __name__}


def test_the_same_module_may_register_a_name_again_and_another_may_not(table):
    table.register("dog", len)
    table.register("dog", max)
    assert table["dog"] is max
    table.origins["dog"] = table.origins["dog"]._replace(module="other")
    with pytest.raises(InputError, match="other has one of that name; choose another name"):
        table.register("dog", len)


@pytest.mark.parametrize(
    ("name", "piece", "message"),
    [
        ("cat", len, "ivaegan_jax has one of that name"),
        ("a+b", len, "letters, digits and underscores"),
        ("dog", 3, "it is no function"),
    ],
)
def test_what_cannot_be_registered_is_refused(table, name, piece, message):
    with pytest.raises(InputError, match=message) as refused:
        table.register(name, piece)
    assert "\n" not in str(refused.value)
    assert list(table) == ["cat"]


def test_a_class_with_the_attributes_of_a_form_is_one():
    class Bare:
        log_prob = staticmethod(gaussian_log_prob)

    with pytest.raises(ValueError, match="no log_prob_pairs and no sample and no kl"):
        fields_of(PriorFamily, Bare)


class Bare:
    log_prob = staticmethod(gaussian_log_prob)
    sample = staticmethod(gaussian_sample)


def test_pairs_and_divergence_of_a_family_follow_from_its_density():
    family = as_prior_family(Bare)
    mu, log_var_q, loc, log_var = jax.random.normal(jax.random.key(0), (4, 7, 3))
    np.testing.assert_allclose(
        family.kl(mu, log_var_q, loc, log_var), gaussian_kl(mu, log_var_q, loc, log_var), rtol=1e-4
    )
    pairs = family.log_prob_pairs(mu, loc[:2], log_var[:2])
    exact = PRIOR_FAMILIES["gaussian"].log_prob_pairs(mu, loc[:2], log_var[:2])
    np.testing.assert_allclose(pairs, exact, rtol=1e-5)
    assert not any(family.theory.both)


def test_a_divergence_by_quadrature_is_close_where_the_density_has_a_corner():
    laplace = PRIOR_FAMILIES["laplace"]

    class Corner:
        log_prob = staticmethod(laplace.log_prob)
        sample = staticmethod(laplace.sample)

    numbers = jnp.array([0.3]), jnp.array([-1.0]), jnp.array([0.1]), jnp.array([0.4])
    np.testing.assert_allclose(as_prior_family(Corner).kl(*numbers), laplace.kl(*numbers), rtol=0.1)


def test_a_family_from_outside_may_have_shapes():
    mixed = PRIOR_FAMILIES["gaussian_laplace"]

    class Shaped:
        log_prob = staticmethod(mixed.log_prob)
        sample = staticmethod(mixed.sample)
        shapes = 1

    family = as_prior_family(Shaped)
    mu, log_var_q, loc, log_var, shape = jax.random.normal(jax.random.key(0), (5, 7, 3))
    pairs = family.log_prob_pairs(mu, loc[:2], log_var[:2], shape[:2])
    assert pairs.shape == (7, 2)
    np.testing.assert_allclose(pairs, mixed.log_prob_pairs(mu, loc[:2], log_var[:2], shape[:2]))
    divergence = family.kl(mu, log_var_q, loc, log_var, shape)
    assert (divergence < mixed.kl(mu, log_var_q, loc, log_var, shape) + 0.05).all()
    assert family.shapes == 1


def test_what_a_program_registered_itself_is_not_run_again_to_find_it(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("raise AssertionError")
    stored = {"kind": "preset", "name": "mine", "module": "__main__", "file": str(script)}
    with pytest.raises(InputError, match=f"needs the preset 'mine', which {script} brought"):
        load_recorded({"preset mine": stored}, tmp_path)
    load_recorded({"preset mine": stored}, tmp_path, needed=("encoder",))


def test_registered_terms_share_a_weight(monkeypatch):
    monkeypatch.setitem(TERMS.origins, "mine", object())
    assert weight_name("mine") == "own_weight"
