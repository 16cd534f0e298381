"""What columns, bands, conventions and baselines mean, in plain sentences."""

BASELINES = {
    "random_rotation": "the true sources turned by a random rotation, matched like any model: what "
    "recovery up to rotation scores on average.",
    "random_rotation_p95": "the 95th percentile over such rotations: a single run below it may be "
    "no more than a rotation.",
    "raw_x": "the observations themselves in place of latents.",
    "pca": "the principal components of the observations.",
    "fastica": "linear independent component analysis of the observations.",
    "joint_diagonalisation": "linear unmixing of the observations along the axes whose variances u "
    "moves.",
    "label_only": "the mean source of each u, without looking at x: what the label alone gives.",
    "linear_supervised": "the best linear map from x to the sources, fitted with the truth: beyond "
    "it the mixing has been unbent.",
    "shuffled_u": "a model trained with the auxiliary variable shuffled.",
}
"""One sentence for each baseline."""

CONTROLS = {
    "shifted_u": "its u was shifted against x in time, held-out rows too, by another step in each "
    "run",
    "shuffled_u": "its u was shuffled over all rows",
    "shuffled_x": "every column of its x was shuffled by itself among rows of one u",
    "u_only": "of its x nothing but the mean followed u",
}
"""What was done to the rows of each negative control."""

CONVENTIONS = {
    "MCC": "mean absolute correlation between latents and sources, each source matched to one "
    "latent.",
    "posterior_mean / posterior_sample": "the latent is the mean of q(z|x), or one draw from it.",
    "pearson / spearman": "correlation of values, or of ranks.",
    "held_out / in_sample": "the matching of latents to sources is fitted on other rows than it "
    "is scored on, or on the same.",
    "headline": "every number above is posterior mean, Pearson, held-out rows, held-out matching. "
    "Other conventions are listed on their own and never mixed; no maximum is taken over "
    "conventions, seeds or checkpoints.",
}
"""One sentence for each convention."""


def with_truth_notes(sizes: str, threshold: float, reference: str) -> list[str]:
    """What the columns of the summary mean where the sources are known."""
    return [
        "MCC: posterior mean, held-out rows, Pearson, assignment fitted on one half and scored on "
        f"the other. Mean over {sizes}.",
        f"[95 %] of a mean: {BAND}.",
        "IQM: interquartile mean of all runs. within: MCC after the mean of each u is removed. "
        "R²(s|z): held-out variance of s that an affine map of z explains.",
        f"success: share of runs with MCC >= {threshold:.3f} that did not diverge; Wilson's 95 "
        "% interval for new data seeds, whose runs succeed and fail together.",
        f"minus {reference}: model seeds averaged, then paired by data seed (with one data "
        "seed, by model seed), and its 95 % interval.",
        "P(>): share of pairs in which the preset is better. p: Wilcoxon signed-rank, "
        "Holm-adjusted over the presets; five pairs or fewer can never reach .05.",
        DIVERGED,
    ]


def without_truth_notes(sizes: str) -> list[str]:
    """What the columns of the summary mean where nobody knows the sources."""
    return [
        f"Means over {sizes}, on held-out rows. ELBO: nats per row of the standardised x. "
        f"[95 %]: {BAND}.",
        "agreement: mean MCC over all pairs of runs on the same data seed; its 95 % interval "
        "resamples runs, not pairs, and speaks of these data seeds.",
        "active: latents the model uses. C2ST, MMD², energy: samples against held-out rows; "
        '"real": the same score of real against real rows, the best any model can reach.',
        DIVERGED,
    ]


BAND = (
    "bootstrap over data seeds with all their runs, Student-t; with one data seed over its model "
    "seeds, and then it speaks of that data set alone"
)

RESPLIT = (
    "Data seeds are re-splits of one table, which share rows: the squared errors of means and "
    "differences have the factor 1/n + test rows / training rows, and p is that of the resampled "
    "t-test (Nadeau and Bengio 2003); a share of successes has no interval."
)

DIVERGED = (
    "div: runs that diverged, or have a score that is no number. They count in every number, at "
    "the value of their last finite parameters; without one, as 0 where the score is an MCC, R² or "
    "CCA, while an ELBO or a sample score is then the mean of the others."
)
