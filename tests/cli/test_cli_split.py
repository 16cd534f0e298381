"""Splits by group and by blocks from the command line to the files that are left behind."""

import json

import numpy as np
import pytest
from programs_forked import SMALL

TRAIN = (*SMALL, "--steps=20", "--preset=vae", "--config.model.dim_z=2", "--seeds=2",
         "--controls=none")  # fmt: skip
SESSIONS, ROWS = 26, 12


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Sessions of slow sources; level `d` is that of two sessions, the others of eight."""
    session = np.repeat(np.arange(SESSIONS), ROWS)
    level = np.append(np.arange(SESSIONS - 2) % 3, [3, 3])[session]
    rng, s = np.random.default_rng(0), np.zeros((len(session), 2))
    for row in range(len(s)):
        s[row] = 0.9 * s[row - 1] + rng.normal(size=2) * (1 + level[row])
    path = tmp_path_factory.mktemp("table") / "recording.npz"
    u = np.array(list("abcd"))[level]
    np.savez(path, x=np.c_[s, s.sum(1)], u=u, s=s, session=session)
    return path


def trained(run, recording, workdir, *flags):
    ended = run("train", *TRAIN, f"--data={recording}", f"--workdir={workdir}", *flags)
    assert (ended.code, ended.err) == (0, "")
    return ended


def encoded(run, recording, workdir, data_seed):
    out = workdir / "z.npz"
    ended = run("encode", f"--workdir={workdir}", f"--data={recording}", f"--out={out}",
                f"--data_seed={data_seed}", "--overwrite")  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    with np.load(out, allow_pickle=False) as stored:
        return dict(stored)


@pytest.mark.slow
def test_whole_sessions_are_held_out_and_levels_may_have_no_held_out_rows(
    run, refused, rows_of, recording, tmp_path
):
    workdir = tmp_path / "run"
    split = "--split=group:session"
    ended = trained(run, recording, workdir, split, "--data_seeds=1,2,3")
    said = "Rows were split by group:session, since this was requested: "
    assert said in ended.out
    assert said in (workdir / "summary.md").read_text()
    assert said in (workdir / "report.html").read_text()
    note = json.loads((workdir / "manifest.json").read_text())["split"]
    assert (note["split"], note["unit"], note["units"]) == ("group:session", "groups", SESSIONS)
    assert json.loads((workdir / "config.json").read_text())["split"] == "group:session"
    table, held_out = np.load(recording), []
    for data_seed in (1, 2, 3):
        found = encoded(run, recording, workdir, data_seed)
        assert found["split"] == "group:session"
        counts = {part: int(np.sum(found["part"] == part)) for part in ("train", "valid", "test")}
        assert counts == {part: note[part] for part in counts}
        for session in range(SESSIONS):
            assert len(set(found["part"][table["session"] == session]) - {"none"}) == 1
        held_out += [set(table["u"][np.isin(found["part"], ["valid", "test"])])]
    assert any("d" not in levels for levels in held_out)
    values = [row["value"] for row in rows_of(workdir) if row.get("metric") == "mcc"]
    assert values
    assert np.all(np.isfinite(values))
    with np.load(workdir / "arrays" / "vae.npz") as arrays:
        assert arrays["consensus_row"].shape == arrays["consensus_z"].shape[:2]
        last = arrays["consensus_row"][-1]
        assert np.all(np.isin(found["part"][last], ["valid", "test"]))
    error = refused("train", *TRAIN, f"--data={recording}", f"--workdir={workdir}",
                    "--split=blocks:6,gap:2", "--data_seeds=1,2,3")  # fmt: skip
    assert "config.data.split: group:session -> blocks:6,gap:2" in error


@pytest.mark.slow
def test_a_recording_is_split_in_blocks_by_default(run, recording, tmp_path):
    ended = trained(run, recording, tmp_path / "auto", "--data_seeds=1", "--seeds=1",
                    "--preset=vae")  # fmt: skip
    note = json.loads((tmp_path / "auto" / "manifest.json").read_text())["split"]
    assert note["asked"] == "auto"
    assert note["split"].startswith("blocks:")
    assert note["sentences"][0] in ended.out
    found = encoded(run, recording, tmp_path / "auto", 1)["part"]
    assert np.sum(found == "none") == note["gaps"][0] + note["trimmed"][0] > 0


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("weekly", "--split=weekly is none of: random, group:COLUMN, blocks"),
        ("group:person", "no column 'person' for --split=group:person; its columns: session"),
        ("blocks:0", "'0' is no number of rows from 1 on"),
    ],
)
def test_what_is_no_split_is_one_line(refused, recording, tmp_path, split, message):
    flags = (*TRAIN, f"--data={recording}", f"--workdir={tmp_path / 'run'}")
    assert message in refused("train", *flags, f"--split={split}")
    assert message in refused("train", *flags, f"--config.data.split={split}")
    assert not (tmp_path / "run").exists()


def test_two_splits_at_once_are_refused(refused, recording):
    both = ("--split=random", "--config.data.split=blocks")
    assert "differ; give one of them" in refused("train", *TRAIN, f"--data={recording}", *both)
