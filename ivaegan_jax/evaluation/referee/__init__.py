"""The referee: whether latents of any method are supported by several runs, x and u.

What latents show without their model; nothing is trained. `judge` is the whole of it:
`runs` checks latents, `layout` decides which rows stand for which, `agreement`, `moved`, `within`
and `information` are what is found, `reasons` and `judged` what it means in words.
"""

from ivaegan_jax.evaluation.referee.judge import judge
from ivaegan_jax.evaluation.referee.judged import Judged

__all__ = ["Judged", "judge"]
