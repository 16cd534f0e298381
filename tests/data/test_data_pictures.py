"""Image sets in their exact format on disk; `PIXELS` are the same in all of them."""

import gzip
import struct

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ivaegan_jax.data import DATASETS, load_dataset, load_table
from ivaegan_jax.data.tables.pictures import DSPRITES, SHAPES3D
from ivaegan_jax.types import InputError

RNG = np.random.default_rng(0)
ROWS, HEIGHT, WIDTH = 12, 5, 7
PIXELS = RNG.integers(0, 256, (ROWS, HEIGHT, WIDTH), np.uint8)
LABELS = (np.arange(ROWS) % 3).astype(np.uint8)
IMAGES_NAME, LABELS_NAME = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(array, kind=8):
    head = struct.pack(">HBB", 0, kind, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.tobytes()


def save_idx(folder, prefix="", packed=True, images=PIXELS, labels=LABELS):
    end, pack = (".gz", gzip.compress) if packed else ("", bytes)
    (folder / f"{prefix}{LABELS_NAME}{end}").write_bytes(pack(idx(labels)))
    path = folder / f"{prefix}{IMAGES_NAME}{end}"
    path.write_bytes(pack(idx(images)))
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_idx_files(tmp_path, packed):
    data = load_dataset(save_idx(tmp_path, packed=packed))
    assert_allclose(data.x, PIXELS.reshape(ROWS, -1) / 255, rtol=1e-6)
    assert data.x.dtype == np.float32
    assert data.image_shape == (HEIGHT, WIDTH)
    assert_array_equal(data.u.levels[data.u.codes], LABELS)


def test_emnist_is_turned(tmp_path):
    turned = PIXELS.swapaxes(1, 2)
    data = load_table(save_idx(tmp_path, "emnist-", images=np.ascontiguousarray(turned)))
    assert data.image_shape == (HEIGHT, WIDTH)
    assert_allclose(data.x, PIXELS.reshape(ROWS, -1) / 255, rtol=1e-6)


def test_new_rows_need_no_labels(tmp_path):
    without_labels((path := save_idx(tmp_path)).parent)
    data = load_table(path, new_rows_of=HEIGHT * WIDTH)
    assert data.x.shape == (ROWS, HEIGHT * WIDTH)
    assert data.u.is_absent


def cifar(labels=1, rows=ROWS):
    images = RNG.integers(0, 256, (rows, 32, 32, 3), np.uint8)
    planes = images.transpose(0, 3, 1, 2).reshape(rows, -1)
    before = np.stack([np.full(rows, 9, np.uint8), LABELS[:rows]], axis=1)[:, 2 - labels :]
    return images, np.hstack([before, planes]).tobytes()


def test_cifar_10_by_file_and_by_folder(tmp_path):
    images, written = cifar()
    (tmp_path / "data_batch_1.bin").write_bytes(written)
    one = load_table(tmp_path / "data_batch_1.bin")
    assert_allclose(one.x.reshape(ROWS, 32, 32, 3), images / 255, rtol=1e-6)
    assert one.image_shape == (32, 32)
    assert one.u.levels.tolist() == [0, 1, 2]
    (tmp_path / "test_batch.bin").write_bytes(written)
    (tmp_path / "batches.meta.txt").write_text("airplane\nautomobile\nbird\n\n")
    both = load_dataset(tmp_path)
    assert_array_equal(both.x, np.concatenate([one.x, one.x]))
    assert both.u.levels.tolist() == ["airplane", "automobile", "bird"]


def test_cifar_100_has_two_labels(tmp_path):
    images, written = cifar(labels=2)
    (tmp_path / "train.bin").write_bytes(written)
    data = load_table(tmp_path / "train.bin")
    assert_allclose(data.x.reshape(ROWS, 32, 32, 3), images / 255, rtol=1e-6)
    assert_array_equal(data.u.codes, LABELS)
    assert_array_equal(data.side["coarse"], np.full(ROWS, 9))


def test_dsprites_without_a_pickle(tmp_path):
    binary, factors = (PIXELS > 100).astype(np.uint8), RNG.uniform(size=(ROWS, 6))
    factors[:, 1] = LABELS
    path = tmp_path / "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"
    np.savez_compressed(
        path, imgs=binary, latents_values=factors, latents_classes=factors.astype(np.int64),
        metadata=np.array({"title": "an object, which only pickle could read"}),
    )  # fmt: skip
    data = load_table(path, u="shape:categorical", s="posX,posY")
    assert_array_equal(data.x, binary.reshape(ROWS, -1))
    assert data.image_shape == (HEIGHT, WIDTH)
    assert_array_equal(data.u.codes, LABELS)
    assert_array_equal(data.s, factors[:, 4:])
    with pytest.raises(InputError, match=rf"which columns are u\?.*{', '.join(DSPRITES)}"):
        load_table(path)


def test_3d_shapes(tmp_path):
    images, factors = RNG.integers(0, 256, (ROWS, 6, 6, 3), np.uint8), RNG.uniform(size=(ROWS, 6))
    path = tmp_path / "3dshapes.h5"
    with pytest.importorskip("h5py").File(path, "w") as file:
        file["images"], file["labels"] = images, factors
    data = load_table(path, u="wall_hue", s="scale,orientation")
    assert_allclose(data.x.reshape(images.shape), images / 255, rtol=1e-6)
    assert data.image_shape == (6, 6)
    assert_allclose(data.u.values[:, 0], factors[:, SHAPES3D.index("wall_hue")], rtol=1e-6)
    assert_array_equal(data.s, factors[:, [3, 5]])


def save_picture(path, pixels):
    path.parent.mkdir(exist_ok=True)
    pytest.importorskip("PIL.Image").fromarray(pixels).save(path)


def save_folder(folder, suffix=".png", pixels=PIXELS):
    names = [f"{i}{suffix}" for i in range(len(pixels))]
    for name, each in zip(names, pixels, strict=True):
        save_picture(folder / name, each)
    rows = [f"{name},{label}\n" for name, label in zip(names, LABELS, strict=True)]
    (folder / "labels.csv").write_text("".join(["file,kind\n", *rows]))
    return folder


def test_a_folder_of_pictures_and_a_table_of_labels(tmp_path):
    data = load_dataset(save_folder(tmp_path))
    assert_allclose(data.x, PIXELS.reshape(ROWS, -1) / 255, rtol=1e-6)
    assert data.image_shape == (HEIGHT, WIDTH)
    assert_array_equal(data.u.codes, LABELS)


def test_a_folder_of_jpegs_in_colour(tmp_path):
    smooth = np.linspace(0, 255, ROWS * 3).astype(np.uint8).reshape(ROWS, 1, 1, 3)
    pictures = np.broadcast_to(smooth, (ROWS, 16, 16, 3)).copy()
    data = load_table(save_folder(tmp_path, ".jpg", pictures))
    assert_allclose(data.x.reshape(pictures.shape), pictures / 255, atol=0.03)


def test_a_folder_for_each_label(tmp_path):
    for i, each in enumerate(PIXELS):
        save_picture(tmp_path / ("cat", "dog")[i % 2] / f"{i:02}.png", each)
    data = load_table(tmp_path)
    assert data.u.levels.tolist() == ["cat", "dog"]
    assert_allclose(data.x[6:], PIXELS[1::2].reshape(6, -1) / 255, rtol=1e-6)


def one_of_another_size(folder):
    save_picture(folder / "3.png", PIXELS[0, 1:])


def without_labels(folder):
    (folder / f"{LABELS_NAME}.gz").unlink()


FAULTS = {
    "cut idx": (save_idx, lambda p: p.write_bytes(gzip.compress(idx(PIXELS)[:-3])),
                rf"{IMAGES_NAME}\.gz is damaged, or no idx file"),
    "cut gzip": (save_idx, lambda p: p.write_bytes(p.read_bytes()[:-30]), "is damaged, or no idx"),
    "empty idx": (save_idx, lambda p: p.write_bytes(b""), "is damaged, or no idx file"),
    "unlabelled idx": (save_idx, lambda p: without_labels(p.parent),
                       rf"no array u in it .found x, image_shape.; put {LABELS_NAME}.gz beside"),
    "labels of others": (lambda f: save_idx(f, labels=LABELS[1:]), lambda p: None,
                         "12 pictures, and 11 values of u"),
    "labels": (lambda f: save_idx(f).with_name(f"{LABELS_NAME}.gz"), lambda p: None,
               "an idx file of 1 dimensions; name the one of the images"),
    "odd size": (save_folder, one_of_another_size,
                 r"must have one size: 0\.png has 7 x 5 pixels and 3\.png has 7 x 4 pixels"),
    "no picture": (save_folder, lambda p: (p / "2.png").write_text("x"), r"2\.png is damaged"),
    "absent": (save_folder, lambda p: (p / "5.png").unlink(),
               r"labels.csv names 1 files in column 'file' that are not there.* 5\.png"),
    "two tables": (save_folder, lambda p: (p / "more.csv").write_text("a\n"), "several csv files"),
    "nothing": (lambda f: f, lambda p: None, "a folder, and not a readable file: put PNG"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_is_refused(fault, tmp_path):
    save, damage, expected = FAULTS[fault]
    damage(path := save(tmp_path))
    with pytest.raises(InputError, match=expected):
        load_table(path)


def test_odd_binary_files(tmp_path):
    (tmp_path / "odd.bin").write_bytes(bytes(100))
    with pytest.raises(InputError, match="no binary CIFAR file: records are a label or two"):
        load_table(tmp_path / "odd.bin")


def test_names_of_data_sets_come_before_folders(tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "digits" in DATASETS
    assert load_dataset("digits").x.shape == (1797, 64)
