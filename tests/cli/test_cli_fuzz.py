"""Whatever a file of a work directory holds: it is read, healed, or refused in one line."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest


def claims_much(path):
    """The header of an array of 100 GB, and no array."""
    header = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (25 * 10**9,)}
    np.lib.format.write_array_header_1_0(header, shape)
    return header.getvalue()


def encrypted(path):
    """An archive whose first member says that it takes a password."""
    archive = io.BytesIO()
    np.savez(archive, x=np.zeros(3))
    content = bytearray(archive.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


SPOILT = {
    "empty": lambda path: b"",
    "cut": lambda path: path.read_bytes()[: path.stat().st_size // 2],
    "random": lambda path: np.random.default_rng(0).bytes(500),
    "list": lambda path: b'[1, {"preset": null}]\n',
    "object": lambda path: b'{"preset": "vae", "step": "x", "config": 3, "data_seeds": 1}\n',
    "much": claims_much,
    "deep": lambda path: b'{"preset":' + b"[" * 200_000,
    "encrypted": encrypted,
}
READ_BY = {
    "config.json": ("report", "checkpoint"),
    "metrics.jsonl": ("report", "checkpoint"),
    "manifest.json": ("report",),
    "train.jsonl": ("report",),
    "arrays/vae.npz": ("report",),
    "parts.json": ("checkpoint",),
    "preprocessing.npz": ("checkpoint",),
    "models/vae/model.json": ("model",),
    "models/vae/params.npz": ("model",),
    "models/vae/preprocessing.npz": ("model",),
    "models/vae/SEAL.json": ("model",),
}


def read_spoilt(finished, folder, file):
    """Prints, for every way in which a file can be spoilt, how reading it ended."""
    from ivaegan_jax import InputError, Workdir, restore, write_report
    from ivaegan_jax.studies.restored import restore_checkpoint

    read = {
        "report": lambda path: write_report([path]),
        "checkpoint": lambda path: restore_checkpoint(Workdir(path)),
        "model": lambda path: restore(Workdir(path)),
    }
    for kind, spoil in SPOILT.items():
        for program in READ_BY[file]:
            workdir = Path(shutil.copytree(finished, folder / f"{kind}-{program}"))
            (workdir / file).write_bytes(spoil(workdir / file))
            try:
                read[program](workdir)
                words = ""
            except InputError as error:
                words = str(error)
            except Exception as error:
                words = f"not caught: {type(error).__name__}: {error}"
            print(json.dumps([kind, program, words]))


@pytest.mark.parametrize("file", READ_BY)
def test_a_spoilt_file_is_named_in_one_line(fork, one_vae, tmp_path, file):
    ended = fork(read_spoilt, one_vae, tmp_path, file).wait()
    assert ended.code == 0, ended.err
    found = [json.loads(line) for line in ended.out.splitlines()]
    assert len(found) == len(SPOILT) * len(READ_BY[file])
    for kind, program, words in found:
        assert not words.startswith("not caught"), (kind, program, words)
        assert len(words.splitlines()) <= 1, (kind, program, words)
        assert not words or str(tmp_path) in words, (kind, program, words)
    assert any(words for *_, words in found)
