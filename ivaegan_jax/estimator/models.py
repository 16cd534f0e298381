"""One class for each row of the table of models."""

from ivaegan_jax.estimator.base import Estimator, estimator_of

VAE = estimator_of("vae")
IVAE = estimator_of("ivae")
GAN = estimator_of("gan")
BIGAN = estimator_of("bigan")
VAEGAN = estimator_of("vae_gan")
IVAEGAN = estimator_of("ivae_gan")
IGAN = estimator_of("igan")
CIIVAE = estimator_of("ci_ivae")
IFLOW = estimator_of("iflow")
TCL = estimator_of("tcl")
SUPERVISED = estimator_of("supervised")
IBIGAN = estimator_of("ibigan")

load = Estimator.load
