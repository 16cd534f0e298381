"""Work directories of earlier versions: reported on, opened, gone on with."""

import json
import tarfile
from pathlib import Path

import pytest
from programs_forked import SMALL, SMALL_BENCHMARK

from ivaegan_jax.studies import Workdir, restore
from ivaegan_jax.studies.saved import load_model

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS = {path.name.removesuffix(".tar.xz"): path for path in sorted(GOLDEN.glob("*.tar.xz"))}
TABLES = {"summary": "summary", "baselines": "floors"}
"""Tables, and what earlier versions called them."""
LATER = ("joint_diagonalisation", '"dci_', '"mig"')
"""A baseline and metrics that they did not have."""
LATER_COLUMNS = ("mcc_clean", "of_ceiling")
FORMER = "[contrast_weight=1]"
BEFORE_DEFAULTS = (
    "--presets=vae,ivae,ivae+shuffled_u",
    "--config.data.whiten=no",
    "--config.model.activation=xtanh",
    "--config.model.prior_family=gaussian",
    "--config.hyperparameters.infonce_weight=3",
)
BEFORE_NAMES = (
    f"--presets=ivae_gan,ivae_gan{FORMER}",
    "--config.hypers.cycle_weight=2",
    "--config.model.extra_terms=density",
    "--config.model.prior_family=gaussian",
    "--config.hyperparameters.infonce_weight=3",
)


@pytest.fixture
def golden(tmp_path):
    """`golden(version)`: a copy of the directory that the version wrote."""

    def make(version):
        with tarfile.open(VERSIONS[version]) as archive:
            archive.extractall(tmp_path / version, filter="data")
        return tmp_path / version

    return make


def tables(folder):
    """The main tables of a report, numbers up to the last of six digits."""
    found = json.loads((folder / "summary.json").read_text())["data"]["b1"]
    both = {name: found.get(name, found.get(earlier)) for name, earlier in TABLES.items()}
    lines = {name: [renamed(line) for line in lines] for name, lines in both.items()}
    return {name: [r for r in own if r["label"] not in LATER] for name, own in lines.items()}


def renamed(line):
    """The line of a table with the name of its model as today."""
    return {"label" if key == "preset" else key: value for key, value in line.items()}


def known(lines):
    """The rows that all versions write."""
    return [line for line in lines if not any(later in line for later in LATER)]


def without(tables, later):
    """The tables without columns that earlier versions did not have."""
    return {name: [{k: v for k, v in line.items() if k not in later} for line in lines]
            for name, lines in tables.items()}  # fmt: skip


def close(found, expected, **tolerance):
    """Whether two nested records have the same keys and words, and close numbers."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            close(found[key], expected[key], **tolerance) for key in expected
        )
    if isinstance(expected, list):
        pairs = zip(found, expected, strict=True)
        return all(close(one, other, **tolerance) for one, other in pairs)
    if isinstance(expected, float):
        return found == pytest.approx(expected, **tolerance)
    return found == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_old_rows_give_the_tables_that_they_gave(golden, run, version):
    workdir = golden(version)
    expected = tables(workdir)
    if version == "v0.1.0":  # its intervals of a share and p-values were others
        later = ("success", "p_holm")
        expected["summary"] = [
            {key: value for key, value in line.items() if key not in later}
            for line in expected["summary"]
        ]
    ended = run("report", f"--workdir={workdir}")
    assert (ended.code, ended.err) == (0, "")
    found = tables(workdir)
    for line, other in zip(found["summary"], expected["summary"], strict=True):
        assert close({key: line[key] for key in other}, other, rel=1e-5, abs=1e-6)
    assert close(found["baselines"], expected["baselines"], rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("version", "label", "seed"),
    [
        ("v0.1.0", "ivae", 7),
        ("before_schema", "ivae", 2),
        ("before_names", "ivae_gan[contrast_weight=1]", 2),
    ],
)
def test_a_model_of_an_old_directory_opens_and_a_run_is_chosen(golden, version, label, seed):
    fitted = restore(Workdir(golden(version)), label, 3)
    assert fitted.chosen.seed == seed
    assert list(fitted.seeds) == [2, 7]


def test_settings_under_former_names_are_those_of_today(golden):
    workdir = Workdir(golden("before_names"))
    with_former, without = (load_model(workdir.model(f"ivae_gan{own}"))[0] for own in (FORMER, ""))
    assert with_former.hyperparameters.infonce_weight == 1.0
    assert without.hyperparameters.infonce_weight == 3.0
    assert with_former.hyperparameters.latent_reconstruction_weight == 2.0
    assert {"flow_likelihood", "latent_reconstruction", "infonce"} <= workdir.logged()[-1].keys()
    stored = workdir.settings()["config"]
    assert stored["model"]["extra_terms"] == "flow_likelihood"
    assert stored["hyperparameters"]["latent_reconstruction_weight"] == 2.0


@pytest.mark.parametrize(
    ("version", "lost", "flags"),
    [
        ("before_schema", '"vae', BEFORE_DEFAULTS),
        ("before_names", "[contrast_weight", BEFORE_NAMES),
    ],
)
def test_an_old_directory_is_gone_on_with(golden, run, version, lost, flags):
    workdir = golden(version)
    expected, metrics = tables(workdir), workdir / "metrics.jsonl"
    lines = metrics.read_text().splitlines(keepends=True)
    metrics.write_text("".join(line for line in lines if lost not in line))
    assert len(metrics.read_text().splitlines()) < len(lines)
    for name in ("DONE", "summary.json", "manifest.json"):  # numerics are those of here
        (workdir / name).unlink()
    given = ("--data=b1", "--data_seeds=3,5", "--seeds=2,7", "--steps=20", f"--workdir={workdir}")
    ended = run("compare", *SMALL, *SMALL_BENCHMARK, *flags, *given)
    assert ended.code == 0, ended.err
    assert len(known(metrics.read_text().splitlines())) == len(known(lines))
    found, expected = (without(each, LATER_COLUMNS) for each in (tables(workdir), expected))
    assert close(found, expected, rel=1e-3, abs=1e-3)
