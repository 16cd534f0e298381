"""Estimators in the company of scikit-learn: its checks, pipelines, searches."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from ivaegan_jax import TCL

TINY = {
    "model.width": 4,
    "model.depth": 1,
    "model.prior_depth": 1,
    "train.batch": 2,
    "train.chunk": 4,
    "train.unmix": False,
    "data.valid_fraction": 0.4,
    "data.test_fraction": 0.4,
}

OWN_WORDS = "the error is one line in this package's words"
EXPECTED = {
    "check_fit_score_takes_y": "the second argument is u, in the place of y",
    "check_transformer_general": "the second argument is u, and no y by name",
    "check_transformer_data_not_an_array": "the second argument is u, and no y by name",
    "check_requires_y_none": OWN_WORDS,
    "check_n_features_in_after_fitting": OWN_WORDS,
    "check_complex_data": OWN_WORDS,
    "check_estimators_empty_data_messages": OWN_WORDS,
    "check_fit2d_1sample": OWN_WORDS,
    "check_fit2d_predict1d": OWN_WORDS,
    "check_dtype_object": OWN_WORDS,
}
"""Checks of scikit-learn that fail, and why they do not apply."""

QUICK = {
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_estimators_unfitted",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_mixin_order",
    "check_get_params_invariance",
    "check_set_params",
    "check_parameters_default_constructible",
}
"""Those that train nothing."""


def tiny(**parameters):
    asked = {"n_latents": 1, "n_seeds": 2, "steps": 4, "config": TINY}
    plain = {"controls": "none", "split": "random", "verbose": False}
    return TCL(**asked | plain | parameters)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([tiny()], expected_failed_checks=lambda _: EXPECTED)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_checks_that_train_nothing():
    found = {
        getattr(check, "func", check).__name__: (model, check)
        for model, check in estimator_checks_generator(tiny())
    }
    for name in QUICK & set(found):
        model, check = found[name]
        check(model)
    assert len(QUICK & set(found)) >= 9


def test_the_last_step_of_a_pipeline(frame):
    model = make_pipeline(StandardScaler(), tiny(steps=4)).set_output(transform="pandas")
    x, u = frame.drop(columns="segment"), frame.segment
    z = model.fit(x, u).transform(x)
    assert z.columns.tolist() == ["z1"]
    assert model[-1].feature_names_in_.tolist() == x.columns.tolist()
    assert model.get_feature_names_out().tolist() == ["z1"]
    assert np.isfinite(model.score(x, u))


@pytest.mark.slow
def test_a_search_by_score(frame):
    x, u = frame.drop(columns="segment").to_numpy(), frame.segment.to_numpy()
    search = GridSearchCV(tiny(), {"n_latents": [1, 2]}, cv=2).fit(x, u)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_.transform(x).shape == (len(x), search.best_params_["n_latents"])
