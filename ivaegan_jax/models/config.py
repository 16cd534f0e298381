"""Static structure of a model: what changes shapes or the graph; `choices` has the values."""

import dataclasses


@dataclasses.dataclass(unsafe_hash=True)
class ModelConfig:
    """Which networks and distributions there are; `choices.CHOICES` has the values.

    Attributes:
      dim_z: latent dimensions; 0 takes the number of sources, else what u and x allow, at most 10.
      prior: `p(z)` or `p(z|u)`.
      prior_family: of the conditional prior. Empty takes that of the preset's row, or `gaussian`
        where u moves means or variances alone, the posterior is a product or a mixture, or x is
        seen as codes of images.
      modulation: which parameters of the prior depend on u.
      posterior: what the encoder sees; `product` multiplies q(z|x) with p(z|u), `mixture` mixes
        that product with q(z|x) (CI-iVAE).
      likelihood: `p(x|z)`. Empty takes that of counts where x holds counts, else `gaussian`, and
        leaves noise to be chosen too.
      noise: what of the likelihood's noise the game knows of: with `none` the critic and the latent
        reconstruction see `E[x|z]` of generated rows; else they see observations, whose noise has
        the standard deviation `noise_start`, or learns one, or one per column. Empty takes what a
        likelihood that is named is meant for, `none` for real numbers, `fixed` and `column` for
        counts; where none is named, `column` if x has columns enough that show noise.
      noise_start: standard deviation in units of the standardised x, or the square root of the
        dispersion of counts: where learning starts.
      decoder_variance: whether the Gaussian likelihood's variance is learned.
      kl: closed form, or decomposed into mutual information, total correlation, dimension-wise.
      critic_input: what the critic sees.
      critic_conditioning: how u enters a critic that sees it: among its inputs, or by
        `<embedding(u), features(x)>` (Miyato & Koyama 2018).
      critic_norm: `spectral` divides every layer of the critic by its largest singular value.
      packing: rows of the same u that the critic judges together (PacGAN).
      fakes: decoded prior samples, reconstructions, or both.
      adversarial: the pair of losses.
      regularisers: gradient penalties of the critic: r1, r2, gp, comma-separated.
      balance: `gradient_norm` scales the adversarial gradient to the norm of the others'.
      extra_terms: terms that the owner of the generator minimises on top of its row's.
      encoder: the network that is the encoder: `standard`, or a registered one.
      generator: the same for the generator.
      width: hidden units of encoder, generator and a deep prior.
      depth: linear layers of encoder and generator.
      prior_depth: linear layers of the conditional prior; 0 takes 1 for a discrete u, which is a
        table, and 3 for a continuous one.
      critic_width: hidden units of the critic.
      critic_depth: linear layers of the critic.
      activation: of encoder, generator and prior. Empty takes `mixed`, whose units are bent and
        smooth, for mixings of either kind, and `leaky_relu` where x is seen as codes of images.
      critic_activation: of the critic.
      convolutions: convolutions of stride 2 before the dense layers of encoder and critic, and
        their adjoints after those of the generator; needs rows that are images.
      channels: of the first convolution; every further one has twice as many.
    """

    dim_z: int = 0
    prior: str = ""
    prior_family: str = ""
    modulation: str = "both"
    posterior: str = ""
    likelihood: str = ""
    noise: str = ""
    noise_start: float = 0.2
    decoder_variance: str = "fixed"
    kl: str = "closed_form"
    critic_input: str = ""
    critic_conditioning: str = "concatenate"
    critic_norm: str = "none"
    packing: int = 1
    fakes: str = ""
    adversarial: str = "non_saturating"
    regularisers: str = "r1"
    balance: str = "fixed"
    extra_terms: str = ""
    encoder: str = "standard"
    generator: str = "standard"
    width: int = 100
    depth: int = 3
    prior_depth: int = 0
    critic_width: int = 128
    critic_depth: int = 3
    activation: str = ""
    critic_activation: str = "leaky_relu"
    convolutions: int = 0
    channels: int = 32
