"""All settings of a study: of its data, its models, its training, and the traced numbers."""

import dataclasses

from ivaegan_jax.data import DataConfig
from ivaegan_jax.models import Hyperparameters, ModelConfig
from ivaegan_jax.training import TrainConfig


@dataclasses.dataclass
class Config:
    """Everything a config file holds; every field is a flag, such as `--config.model.dim_z=4`."""

    data: DataConfig = dataclasses.field(default_factory=DataConfig)
    model: ModelConfig = dataclasses.field(default_factory=ModelConfig)
    train: TrainConfig = dataclasses.field(default_factory=TrainConfig)
    hyperparameters: Hyperparameters = dataclasses.field(default_factory=Hyperparameters)

    @property
    def by_level(self) -> bool:
        """Whether batches are drawn level by level of u, from rows in the order of levels."""
        return self.model.packing > 1 or self.train.balanced
