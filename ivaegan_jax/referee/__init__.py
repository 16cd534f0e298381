"""The referee: whether latents of any method are supported by several runs, x and u.

Belongs here: what can be said of latents without their model. `judge` is the whole of it: `runs`
checks latents, `layout` decides which rows stand for which, `agreement`, `moved`, `within` and
`information` are what is found, `reasons` and `judged` what it means in words, `page` shows it,
`controls` makes the tables that controls are trained on. Does not: training, or reading what this
package trained.
"""

from ivaegan_jax.referee.controls import write_controls
from ivaegan_jax.referee.judge import judge
from ivaegan_jax.referee.judged import Judged
from ivaegan_jax.referee.page import write_page

__all__ = ["Judged", "judge", "write_controls", "write_page"]
