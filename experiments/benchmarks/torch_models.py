"""Two training steps as plain, idiomatic PyTorch: what this library is measured against."""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from experiments.benchmarks.sizes import Size
from experiments.benchmarks.torch_nets import generating, leaky, looking, mixed
from ivaegan_jax import Hyperparameters

Pair: TypeAlias = tuple[Tensor, Tensor]
"""Mean and log variance, or latents and what they are decoded to."""


class _Model:
    """Nets, data and optimisers; the parts that both models share."""

    def __init__(self, size: Size, extra: int, hyperparameters: Hyperparameters):
        dims, self.batch, self.hyperparameters = size.dims, size.batch, hyperparameters
        self.dims = dims
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.x = torch.randn(dims.rows, dims.dim_x, device=self.device)
        self.u = torch.randint(dims.dim_u, (dims.rows,), device=self.device)
        self.encoder = looking(size, extra, size.width, 2 * dims.dim_z, mixed).to(self.device)
        self.generator = generating(size).to(self.device)
        self.prior = nn.Linear(dims.dim_u, 2 * dims.dim_z, device=self.device)
        nets = (self.encoder, self.generator, self.prior)
        parameters = [p for net in nets for p in net.parameters()]
        self.vae_adam = torch.optim.Adam(parameters, hyperparameters.vae_rate, fused=True)

    def _draw(self) -> Pair:
        rows = torch.randint(self.dims.rows, (self.batch,), device=self.device)
        return self.x[rows], functional.one_hot(self.u[rows], self.dims.dim_u).float()

    def _split(self, heads: Tensor) -> Pair:
        mu, raw = heads.chunk(2, dim=-1)
        return mu, 12.0 * torch.tanh(raw / 12.0)

    def _elbo_loss(self, x: Tensor, posterior: Pair, prior: Pair) -> Tensor:
        (mu, log_var), (loc, prior_log_var) = posterior, prior
        z = mu + torch.exp(0.5 * log_var) * torch.randn_like(mu)
        squared = (x - self.generator(z)).square() / self.hyperparameters.decoder_variance
        ratio = (log_var.exp() + (mu - loc).square()) / prior_log_var.exp()
        kl = 0.5 * (prior_log_var - log_var - 1.0 + ratio)
        return self.hyperparameters.nll_weight * 0.5 * squared.sum(-1).mean() + (
            self.hyperparameters.kl_weight * kl.sum(-1).mean()
        )


class IvaeStep(_Model):
    """nll + kl."""

    def __init__(self, size: Size, hyperparameters: Hyperparameters):
        super().__init__(size, size.dims.dim_u, hyperparameters)

    def __call__(self) -> None:
        """Moves all parameters once."""
        x, u = self._draw()
        posterior = self._split(self.encoder(torch.cat([x, u], -1)))
        loss = self._elbo_loss(x, posterior, self._split(self.prior(u)))
        self.vae_adam.zero_grad()
        loss.backward()
        self.vae_adam.step()

    def compiled(self) -> Callable[[], None]:
        """The same, compiled."""
        return torch.compile(self)


class IvaeGanStep(_Model):
    """Critic: adv + R1; the rest: nll + kl + adv + latent reconstruction + InfoNCE."""

    def __init__(self, size: Size, hyperparameters: Hyperparameters):
        super().__init__(size, 0, hyperparameters)
        self.critic = looking(size, size.dims.dim_u, size.critic_width, 1, leaky)
        self.critic = self.critic.to(self.device)
        betas = (hyperparameters.gan_beta1, hyperparameters.beta2)
        self.gan_adam = torch.optim.Adam(
            self.critic.parameters(), hyperparameters.gan_rate, betas, fused=True
        )

    def __call__(self) -> None:
        """Moves the critic, then the rest."""
        self._critic_step()
        self._vae_step()

    def compiled(self) -> Callable[[], None]:
        """The same with the second move compiled: R1 takes a second derivative, which cannot be."""
        self._vae_step = torch.compile(self._vae_step)
        return self

    def _logit(self, x: Tensor, u: Tensor) -> Tensor:
        return self.critic(torch.cat([x, self.hyperparameters.label_scale * u], -1))[:, 0]

    def _fake(self, prior: Pair) -> Pair:
        z = prior[0] + torch.exp(0.5 * prior[1]) * torch.randn_like(prior[0])
        return z, self.generator(z)

    def _critic_step(self) -> None:
        x, u = self._draw()
        with torch.no_grad():
            _, x_fake = self._fake(self._split(self.prior(u)))
        x.requires_grad_(True)
        real, fake = self._logit(x, u), self._logit(x_fake, u)
        (slope,) = torch.autograd.grad(real.sum(), x, create_graph=True)
        penalty = 0.5 * slope.square().sum(-1).mean()
        loss = functional.softplus(-real).mean() + functional.softplus(fake).mean()
        self.gan_adam.zero_grad()
        (loss + self.hyperparameters.r1_weight * penalty).backward()
        self.gan_adam.step()

    def _vae_step(self) -> None:
        x, u = self._draw()
        posterior, prior = self._split(self.encoder(x)), self._split(self.prior(u))
        z, x_fake = self._fake(prior)
        z_back, _ = self._split(self.encoder(x_fake))
        squared = ((z_back - z).square() / prior[1].exp()).sum(-1).mean()
        adversarial = functional.softplus(-self._logit(x_fake, u)).mean()
        loss = (
            self._elbo_loss(x, posterior, prior)
            + self.hyperparameters.latent_reconstruction_weight * squared
        )
        loss = loss + self.hyperparameters.adv_g_weight * adversarial
        loss = loss + self.hyperparameters.infonce_weight * self._infonce(posterior[0], prior)
        self.vae_adam.zero_grad()
        loss.backward()
        self.vae_adam.step()

    def _infonce(self, mu: Tensor, prior: Pair) -> Tensor:
        loc, log_var = prior
        pairs = -0.5 * (log_var + (mu[:, None] - loc).square() / log_var.exp()).sum(-1)
        return functional.cross_entropy(pairs, torch.arange(len(mu), device=self.device))


STEPS = {"ivae": IvaeStep, "ivae_gan": IvaeGanStep}
