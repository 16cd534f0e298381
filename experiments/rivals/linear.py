"""What trains no network: columns as they are, principal and independent components."""

import warnings

from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline

from experiments.rivals.problem import Latents, Problem


def raw_x(problem: Problem, seed: int, steps: int) -> Latents:
    """The columns as they are."""
    return Latents(problem.train.x, problem.test.x)


def pca(problem: Problem, seed: int, steps: int) -> Latents:
    """The leading principal components."""
    fitted = PCA(problem.latents, random_state=seed).fit(problem.train.x)
    return Latents(fitted.transform(problem.train.x), fitted.transform(problem.test.x))


def fastica(problem: Problem, seed: int, steps: int) -> Latents:
    """Independent components of these, wherever the algorithm stops."""
    ica = FastICA(max_iter=500, random_state=seed)
    both = make_pipeline(PCA(problem.latents, random_state=seed), ica)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = both.fit(problem.train.x.astype(float))
    return Latents(fitted.transform(problem.train.x), fitted.transform(problem.test.x))
