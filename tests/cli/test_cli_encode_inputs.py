"""What `encode` and `report` need of a finished study: one line where they do not get it."""

import numpy as np
import pytest


def test_a_report_that_cannot_be_written_says_so(refused, on_b1):
    assert "/proc/report" in refused("report", f"--workdir={on_b1}", "--out=/proc/report")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("--workdir=none", "no readable config.json"),
        ("--preset=vae --data_seed=3 --out=none/z.npz", "folder that exists"),
        (
            "--preset=vae --data_seed=3 --out=z.xyz",
            "must name a file in a folder that exists, ending in .npz, ",
        ),
        ("--preset=vae --data_seed=3 --out=/proc/z.npz", "cannot write"),
        (
            "--data_seed=3",
            "choose one of this work directory's with --preset: ivae, ivae+shuffled_u",
        ),
        ("--preset=wae --data_seed=3", "--preset: ivae, ivae+shuffled_u"),
        ("--preset=vae", "choose one of this work directory's with --data_seed: 3, 5"),
        ("--preset=vae --data_seed=4", "--data_seed: 3, 5"),
        ("--preset=vae --data_seed=three", "data_seed"),
        (
            "--preset=vae --data_seed=3 --seed=1",
            "choose one of this work directory's with --seed: 2, 7",
        ),
        ("--preset=vae --data_seed=3 --data=none.npz", "no such file"),
        (
            "--data=a.csv,b.csv",
            "--data names 2 files, and encode takes one; run it for each, as "
            "--data=a.csv, and for sessions",
        ),
        ("--preset=vae --data_seed=3 --data=digits", "trained on 5 x columns, this has 64"),
    ],
)
def test_encode_says_what_it_needs(refused, on_b1, tmp_path, flags, expected):
    defaults = {"workdir": on_b1, "data": "b1", "out": tmp_path / "z.npz"}
    given = dict(flag.removeprefix("--").split("=") for flag in flags.split())
    argv = [f"--{name}={value}" for name, value in (defaults | given).items()]
    assert expected in refused("encode", *argv)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("preset", "arrays", "expected"),
    [
        ("vae", {"x": np.ones((3, 4))}, "trained on 5 x columns, this has 4"),
        ("ivae", {"x": np.ones((3, 5))}, "no u in it, which this encoder reads"),
        ("ivae", {"x": np.ones((3, 5)), "u": np.array([0, 9, 1])}, "u holds 9, never seen"),
        ("ivae", {"x": np.ones((3, 5)), "u": np.array(["a", "b", "a"])}, "never seen in training"),
        ("ivae", {"x": np.ones((3, 5)), "u": np.eye(3)[:, :2] / 3}, "one category per row"),
    ],
)
def test_encode_refuses_a_table_unlike_the_training_data(
    refused, on_b1, tmp_path, preset, arrays, expected
):
    np.savez(tmp_path / "new.npz", **arrays)
    out = tmp_path / "z.npz"
    message = refused("encode", f"--workdir={on_b1}", f"--data={tmp_path / 'new.npz'}",
                      f"--out={out}", f"--preset={preset}", "--data_seed=3")  # fmt: skip
    assert expected in message
    assert not out.exists()


def test_latents_never_take_the_place_of_the_table(refused, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n")
    flags = "--workdir=none", f"--data={table}"
    message = refused("encode", *flags, f"--out={tmp_path / '..' / tmp_path.name / 't.csv'}")
    assert message.endswith("is the table itself, which would be lost; name another file")
    assert table.read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize("before", [b"PK someone's work", b""])
def test_a_file_is_replaced_on_request_alone(run, refused, one_vae, tmp_path, before):
    out = tmp_path / "z.npz"
    out.write_bytes(before)
    flags = f"--workdir={one_vae}", "--data=b1", f"--out={out}"
    message = refused("encode", *flags)
    assert message == f"--out={out} exists; name another file, or replace it with --overwrite"
    assert out.read_bytes() == before
    assert run("encode", *flags, "--overwrite").code == 0
    assert np.load(out)["z"].ndim == 3
