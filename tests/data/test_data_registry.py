import numpy as np
import pytest

from ivaegan_jax.data import DATASETS, is_synthetic, load_dataset
from ivaegan_jax.types import InputError

SMALL = {"per_segment": 12, "dim": 4}
CONTINUOUS = {"b5_sine": 1, "b5_quadratic": 1, "b5_two_circles": 3, "continuous_u": 2}
BENCHMARKS = [name for name in DATASETS if is_synthetic(name)]


@pytest.mark.parametrize("name", [n for n, each in DATASETS.items() if not each.is_table])
def test_every_named_data_set_is_complete(name):
    data = load_dataset(name, 2, SMALL if is_synthetic(name) else None)
    assert data.name == name
    assert data.x.dtype == np.float32
    if name in CONTINUOUS:
        assert not data.u.is_categorical
        assert data.u.values.dtype == np.float32
        assert data.u.values.shape == (len(data.x), CONTINUOUS[name])
        return
    assert data.u.is_categorical
    assert data.u.codes.dtype == np.int32
    assert np.array_equal(np.unique(data.u.codes), np.arange(len(data.u.levels)))


def test_digits():
    data = load_dataset("digits")
    assert data.x.shape == (1797, 64)
    assert (data.x.min(), data.x.max()) == (0, 1)
    assert data.image_shape == (8, 8)
    assert data.u.levels.tolist() == list(range(10))
    assert data.s is None


def test_a_data_seed_draws_synthetic_data_only():
    for name in [*BENCHMARKS, "digits", "place_cells"]:
        one, two = (load_dataset(name, k, SMALL if is_synthetic(name) else None) for k in (1, 2))
        assert np.array_equal(one.x, two.x) != is_synthetic(name)
    assert not is_synthetic("table.npz")


def test_files_with_or_without_the_suffix(tmp_path):
    path = tmp_path / "table.npz"
    np.savez(path, x=np.eye(4), u=np.arange(4))
    assert load_dataset(path).x.shape == (4, 4)
    bare = path.rename(tmp_path / "table")
    assert load_dataset(str(bare)).x.shape == (4, 4)


FAULTS = {
    "near": ("b3_tlc", {}, r"unknown data set 'b3_tlc'; did you mean b3_tcl.* path of a file"),
    "case": ("Digits", {}, "did you mean digits"),
    "far": ("cifar", {}, "unknown data set 'cifar'; known are b1, b2, .*b6, .*digits"),
    "absent": ("absent.npz", {}, "absent.npz: no such file"),
    "option": ("b1", {"segment": 3}, "b1 has no option 'segment'; its options: segments, per_"),
    "seed": ("b1", {"data_seed": 3}, "b1 has no option 'data_seed'"),
    "none": ("digits", {"segments": 3}, "digits has no option 'segments'; its options: none"),
    "file": ("absent.npz", {"segments": 3}, "a file has no options, found segments"),
    "imca source": ("b3_imca", {"source": "laplace"}, "b3_imca has no option 'source'"),
    "low": ("b1", {"segments": 1}, "b1: segments must be an integer of 2 or more, not 1"),
    "negative": ("b2", {"per_segment": -5}, "per_segment must be an integer of 2 or more, not -5"),
    "float": ("b3_tcl", {"dim": 5.0}, "dim must be an integer of 2 or more, not 5.0"),
    "text": ("b3_imca", {"layers": "2"}, "layers must be an integer of 1 or more, not '2'"),
    "bool": ("b3_imca", {"layers": True}, "layers must be an integer of 1 or more, not True"),
    "rows": ("b5_sine", {"segments": 3}, "b5_sine has no option 'segments'; its options: per_seg"),
    "many": ("b4", {"dim": 11}, "b4: dim must be 10 or less, not 11"),
    "noise": ("b1", {"noise": -0.1}, "noise must be a finite number of 0 or more, not -0.1"),
    "nan": ("b6", {"noise": float("nan")}, "noise must be a finite number of 0 or more, not nan"),
    "noisy text": ("b1", {"noise": "1"}, "noise must be a finite number of 0 or more, not '1'"),
    "real": ("digits", {"noise": 0.1}, "digits has no option 'noise'"),
    "noisy file": ("absent.npz", {"noise": 0.1}, "a file has no options, found noise"),
    "choice": ("b1", {"source": "cauchy"}, "source must be one of .*laplace, hypsec, uniform, not"),
    "law": ("b1", {"noise_law": "t"}, "noise_law must be one of gaussian, laplace, .*, not 't'"),
    "narrow": ("noisy", {"columns": 3}, "noisy: columns must be at least .* sources, 4, not 3"),
    "b3": ("noisy", {"recipe": "b3", "layers": 1}, "b3 of one layer .* use 2 layers or more"),
    "zeros": ("counts", {"zeros": 1}, "counts: zeros must be a number between 0 and 1, not 1"),
    "gain": ("counts", {"gain": 0.0}, "counts: gain must be a number above 0, not 0.0"),
    "over": ("counts", {"dispersion": "1"}, "dispersion must be a number above 0, not '1'"),
    "endless": ("counts", {"gain": float("inf")}, "gain must be a number above 0, not inf"),
    "recording": ("emg", {"noise": 0.1}, "emg has no option 'noise': a recording is a table"),
    "activation": ("b2", {"activation": 3}, "activation must be one of xtanh, leaky, not 3"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_give_one_clear_line(fault):
    name, options, message = FAULTS[fault]
    with pytest.raises(InputError, match=message) as caught:
        load_dataset(name, 1, options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data_seed", [-1, 2**32])
def test_unfit_data_seeds(data_seed):
    for name in BENCHMARKS:
        with pytest.raises(InputError, match="a data seed is an integer from 0 to"):
            load_dataset(name, data_seed)
