"""What words, columns, conventions and baselines mean, in plain sentences."""

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
    "bayes": "the posterior mean of the sources given x under the true mixing, prior and noise: no "
    "encoder that sees x alone goes beyond it.",
    "bayes_u": "the same given x and u.",
    "shuffled_u": "a model trained with the auxiliary variable shuffled.",
}
"""One sentence for each baseline."""

MODELS = {
    "vae": "a variational autoencoder with the prior p(z): nothing in it identifies latents.",
    "ivae": "a variational autoencoder with the prior p(z|u) (Khemakhem et al. 2020).",
    "gan": "a generative adversarial network with p(z), and an encoder that reads z back.",
    "bigan": "a GAN whose critic sees x and z together; it trains the encoder.",
    "vae_gan": "a VAE whose reconstructions are judged by a critic (Larsen et al. 2016).",
    "ivae_gan": "an iVAE with a critic that sees x and u: ELBO, adversarial loss and InfoNCE loss.",
    "igan": "an identifiable GAN: the prior p(z|u) and a critic that sees x and u, without "
    "reconstruction of x.",
    "ibigan": "a BiGAN with the prior p(z|u).",
    "tcl": "time-contrastive learning: latents from which u can be read (Hyvarinen, Morioka 2016).",
}
"""One sentence for each model that reports speak of often."""

GLOSSARY = {
    "MCC": "mean correlation coefficient: mean |correlation| of each true source with the latent "
    "that was matched to it. 1 is perfect; a random rotation of five sources has .73.",
    "within": "MCC after the mean of each u is removed: what latents tell beyond u.",
    "of ceiling": "MCC as a share of the best that the noise of x allows.",
    "clean": "MCC of the encoder on x without its noise: whether the axes are found.",
    "IQM": "interquartile mean: the mean of the middle half of all runs.",
    "R²(s|z)": "held-out variance of the sources that a linear map of the latents explains.",
    "success": "share of runs with an MCC of .9 or more (or of a random rotation's 95th "
    "percentile, where that is higher) that did not diverge.",
    "P(>)": "probability of improvement: share of pairs of runs in which the model is better than "
    "the one it is held against.",
    "div": "runs that diverged, or have a score that is no number; they count.",
    "usable": "a run against which nothing speaks that can be seen without the sources: u takes "
    "enough values and moves the variances of all latents, latents tell about u, the generator is "
    "injective.",
    "agreement": "MCC between the latents of two runs that differ in their model seed alone.",
    "nats on u": "what held-out latents tell about u, at least: a lower bound on their mutual "
    "information, in nats per row (1 nat is 1.44 bits).",
    "log p(x|u)": "log-likelihood of held-out rows, nats per row of the standardised x: an "
    "importance-weighted bound, measured alike for every model.",
    "ELBO": "evidence lower bound of log p(x|u), nats per row of the standardised x.",
    "recon R²": "share of the variance of x that its reconstruction explains.",
    "active": "latents that the model uses.",
    "C2ST": "classifier two-sample test: how often a classifier tells generated rows from real "
    "ones; .5 is the best a model can reach.",
    "u by samples": "accuracy on real rows of a classifier of u that learned from generated ones; "
    "one that learned from as many real rows is beside it.",
    "MMD²": "squared maximum mean discrepancy of generated and real rows; 0 is the best.",
    "energy": "energy distance of generated and real rows; 0 is the best.",
    "negative controls": "the same model, trained on rows that were spoilt on purpose: what it "
    "still finds there says nothing about the data.",
    "baseline": "what needs no model: any score is worth what it adds to these.",
    "infonce": "a loss term: how well u is seen by the prior's densities p(z|u) "
    "at the latents, as in time-contrastive learning.",
    "arm": "one line of a study: a model with its settings on one data set.",
    "band": "the range in which a study expected a mean before it was run.",
    "data seed": "one draw of a benchmark, or one choice of held-out rows of a table.",
    "model seed": "what a run's first parameters and batches are drawn by.",
}
"""Words that newcomers do not know, one sentence each."""

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
        "P(>): share of pairs in which the model is better. p: Wilcoxon signed-rank, "
        "Holm-adjusted over the models; five pairs or fewer can never reach .05.",
        DIVERGED,
    ]


def without_truth_notes(sizes: str) -> list[str]:
    """What the columns of the summary mean where the sources are not known."""
    return [
        f"Means over {sizes}, on held-out rows. ELBO: nats per row of the standardised x. "
        f"[95 %]: {BAND}.",
        "agreement: mean MCC over all pairs of runs on the same data seed; its 95 % interval "
        "resamples runs, not pairs, and speaks of these data seeds.",
        "active: latents the model uses. C2ST, MMD², energy: samples against held-out rows; "
        '"real": the same score of real against real rows, the best any model can reach. u by '
        "samples, by real rows: accuracy on held-out rows of a classifier of u that learned from "
        "generated rows, or from as many others.",
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

NOISY = (
    "of ceiling: MCC over the better of bayes and supervised; noise took the rest. An encoder that "
    "sees u may go beyond it. clean: MCC of the encoder on held-out x without its noise."
)

DIVERGED = (
    "div: runs that diverged, or have a score that is no number. They count in every number, at "
    "the value of their last finite parameters; without one, as 0 where the score is an MCC, R² or "
    "CCA, while an ELBO or a sample score is then the mean of the others."
)
