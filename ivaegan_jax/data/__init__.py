"""From a table or a benchmark to standardised parts: reading, splits, preprocessing, controls.

Belongs here: what is known of x and u before any model. `tables` reads files, `benchmarks` draws,
`splits` says which rows are held out, `dependence` how rows depend on each other. numpy alone, but
for the autoencoder of `codec`, which sees no u.
Does not: any model of x given u.
"""

from ivaegan_jax.data.benchmarks.real import digits
from ivaegan_jax.data.columns import VALUES_AT_ONCE, Moments, moments, pieces
from ivaegan_jax.data.comparison import far_off
from ivaegan_jax.data.components import directions, whiten
from ivaegan_jax.data.config import COLUMNS, UNLABELLED, WHITEN, DataConfig
from ivaegan_jax.data.control_tables import write_controls
from ivaegan_jax.data.controls import CONTROLS, SHIFTED, SPOILING, SPOILT, as_control
from ivaegan_jax.data.datasets import DATASETS, is_synthetic, load_dataset
from ivaegan_jax.data.dependence.likeness import ALIKE
from ivaegan_jax.data.dependence.measure import Dependence
from ivaegan_jax.data.dependence.nulls import (
    IN_TIME,
    Kind,
    Null,
    Structure,
    find_structure,
    make_null,
)
from ivaegan_jax.data.dependence.repeated import copied_rows
from ivaegan_jax.data.fits import fit_preprocessing
from ivaegan_jax.data.kinds import PLAIN, described
from ivaegan_jax.data.noise.counts import LAW_OF_COUNTS, Counted
from ivaegan_jax.data.noise.local import Local, least_within
from ivaegan_jax.data.noise.observed import FEWEST_ROWS, LITTLE, MUCH, Observed, observe
from ivaegan_jax.data.prepare import (
    Part,
    Prepared,
    prepare,
    preprocessing_arrays,
    preprocessing_from,
    split_arrays,
)
from ivaegan_jax.data.preprocessing import Preprocessing
from ivaegan_jax.data.recordings.packaged import PACKAGED
from ivaegan_jax.data.recordings.recording import Recording
from ivaegan_jax.data.recordings.shipped import RECORDINGS
from ivaegan_jax.data.sentinels import Sentinel, find_sentinels, unmarked
from ivaegan_jax.data.series import moved_along
from ivaegan_jax.data.sessions import coded_alike
from ivaegan_jax.data.splits.draw import Split, check_sizes, make_split
from ivaegan_jax.data.splits.how import parse_split
from ivaegan_jax.data.splits.order import group_of, in_order, ordered_as
from ivaegan_jax.data.splits.proposal import likeness, propose_split
from ivaegan_jax.data.splits.units import rank_within
from ivaegan_jax.data.streams.blocks import Blocks, left_to_train
from ivaegan_jax.data.streams.load import stored_bytes, stream_table
from ivaegan_jax.data.streams.sample import bounded
from ivaegan_jax.data.tables.embedding import as_embedding, files_of, load_embedding
from ivaegan_jax.data.tables.formats import (
    FORMATS,
    ending_of,
    endings_in_words,
    format_of,
    write_latents,
)
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.data.tables.memory import as_dataset, as_rows
from ivaegan_jax.data.tables.rows import GRAMMAR as ROWS
from ivaegan_jax.data.tables.typed import KINDS

__all__ = [
    "ALIKE",
    "COLUMNS",
    "CONTROLS",
    "DATASETS",
    "FEWEST_ROWS",
    "FORMATS",
    "IN_TIME",
    "KINDS",
    "LAW_OF_COUNTS",
    "LITTLE",
    "MUCH",
    "PACKAGED",
    "PLAIN",
    "RECORDINGS",
    "ROWS",
    "SHIFTED",
    "SPOILING",
    "SPOILT",
    "UNLABELLED",
    "VALUES_AT_ONCE",
    "WHITEN",
    "Blocks",
    "Counted",
    "DataConfig",
    "Dependence",
    "Kind",
    "Latents",
    "Local",
    "Moments",
    "Null",
    "Observed",
    "Part",
    "Prepared",
    "Preprocessing",
    "Recording",
    "Sentinel",
    "Split",
    "Structure",
    "as_control",
    "as_dataset",
    "as_embedding",
    "as_rows",
    "bounded",
    "check_sizes",
    "coded_alike",
    "copied_rows",
    "described",
    "digits",
    "directions",
    "ending_of",
    "endings_in_words",
    "far_off",
    "files_of",
    "find_sentinels",
    "find_structure",
    "fit_preprocessing",
    "format_of",
    "group_of",
    "in_order",
    "is_synthetic",
    "least_within",
    "left_to_train",
    "likeness",
    "load_dataset",
    "load_embedding",
    "load_table",
    "make_null",
    "make_split",
    "moments",
    "moved_along",
    "observe",
    "ordered_as",
    "parse_split",
    "pieces",
    "prepare",
    "preprocessing_arrays",
    "preprocessing_from",
    "propose_split",
    "rank_within",
    "split_arrays",
    "stored_bytes",
    "stream_table",
    "unmarked",
    "whiten",
    "write_controls",
    "write_latents",
]
