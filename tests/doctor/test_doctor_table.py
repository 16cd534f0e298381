import numpy as np
import pytest

from ivaegan_jax.data import as_dataset
from ivaegan_jax.doctor.auxiliary import FEW_ROWS, describe_u
from ivaegan_jax.doctor.examine import examine, look_at
from ivaegan_jax.doctor.finding import Finding, blocks, counted, listed, refusal
from ivaegan_jax.doctor.observations import describe_x
from ivaegan_jax.doctor.outliers import FAR
from ivaegan_jax.models import ModelConfig
from ivaegan_jax.studies import Config, Experiment, Study
from ivaegan_jax.training import TrainConfig
from ivaegan_jax.types import InputError


def by_name(findings):
    return {finding.name: finding for finding in findings}


def severities(findings):
    return {finding.name: finding.severity for finding in findings}


def test_a_clean_table_has_nothing_to_say_but_what_it_is(table):
    found = by_name([*describe_x(table()), *describe_u(table())])
    assert {finding.severity for finding in found.values()} == {"fine"}
    assert all(not finding.advice for finding in found.values())
    assert found["x"].sentence == "x has 300 rows and 3 columns of numbers, none missing."
    assert found["u"].sentence == "u is a category with 3 levels: 100 rows each."


def test_constant_and_repeated_columns_are_numbered(changed, table):
    x = np.c_[changed((slice(None), 1), 7).x, table().x[:, :1], np.full(300, 7)]
    found = by_name(describe_x(table(x=x.astype(np.float32))))["columns"]
    assert found.severity == "warn"
    assert found.values == {"constant": [1, 4], "repeated": [3], "rounded": []}
    assert "never change: 1, 4; columns of x that repeat an earlier one: 3" in found.sentence


def test_outliers_are_counted_from_the_median_and_its_deviation(changed, table):
    x = table().x
    deviation = 1.4826 * np.median(np.abs(x[:, 2] - np.median(x[:, 2])))
    edge = np.median(x[:, 2]) + FAR * deviation
    for factor, rows in ((0.9, 0), (1.1, 1)):
        found = by_name(describe_x(changed((17, 2), factor * edge)))["outliers"]
        assert found.values["rows"] == rows
        assert found.severity == ("warn" if rows else "fine")
    assert found.values["first_rows"] == [17]


def test_rare_counts_are_no_outliers_merely_for_being_rare(changed):
    x = changed((slice(None), 0), 0).x
    x[::10, 0] = 3  # the median deviation of this column is 0
    assert describe_x(changed((slice(None), 0), x[:, 0]))[-1].severity == "fine"


@pytest.mark.parametrize(("offset", "severity"), [(10.0, "fine"), (1e5, "warn")])
def test_an_offset_that_single_precision_rounds_away_is_named(table, offset, severity):
    found = by_name(describe_x(table(x=table().x + np.float32(offset))))["scale"]
    assert found.severity == severity
    assert found.values["largest_offset"] == pytest.approx(offset, rel=0.1)


def test_an_x_that_never_changes_is_described(table):
    found = describe_x(table(x=np.ones((300, 3), np.float32)))
    assert severities(found)["columns"] == "warn"
    assert by_name(found)["columns"].values["constant"] == [0, 1, 2]


def test_small_levels_are_named_with_their_counts(table):
    u = np.where(np.arange(300) < 5, 2, np.arange(300) % 2).astype(np.int32)
    found = by_name(describe_u(table(u=u)))
    assert found["u"].values["smallest"] == 5
    assert found["levels"].values == {"few_rows": FEW_ROWS, "small": {"c": 5}}
    assert found["levels"].severity == "warn"
    assert "c has 5" in found["levels"].sentence
    assert "as floats" not in found["levels"].advice


def test_a_level_per_row_is_perhaps_a_quantity(table):
    codes = np.arange(300, dtype=np.int32)
    found = by_name(describe_u(table(u=codes, levels=codes)))["levels"]
    assert "as floats in a column" in found.advice


@pytest.mark.parametrize(
    ("u", "severity", "expected"),
    [
        (np.linspace(0, 1, 300)[:, None], "fine", "varies"),
        (np.c_[np.linspace(0, 1, 300), np.ones(300)], "warn", "columns of u that never change: 1"),
        (np.arange(300)[:, None] % 4 / 10, "warn", "only 4 distinct values"),
        (np.arange(3000)[:, None] % 80, "warn", "only 80 distinct values"),
        (np.arange(3000)[:, None] % 80 / 10, "fine", "varies"),
        (np.eye(80)[np.arange(3000) % 80] * 100, "warn", "only 80 distinct values"),
    ],
)
def test_a_continuous_u_is_described_by_its_columns(table, u, severity, expected):
    found = by_name(describe_u(table(u=u.astype(np.float32), x=np.zeros((len(u), 3)))))
    assert found["u"].values["type"] == "continuous"
    assert found["range"].severity == severity
    assert expected in found["range"].sentence


def test_columns_with_names_are_called_by_them():
    rng, rows = np.random.default_rng(0), 300
    x = {"good": rng.normal(size=rows), "flat": np.ones(rows), "row": np.arange(rows)}
    x["coded"] = np.where(np.arange(rows) % 20, rng.uniform(size=rows), -999)
    u = {"side": np.array(["l", "r"])[np.arange(rows) % 2], "angle": rng.uniform(0, 360, rows)}
    u |= {"dose": np.arange(rows) % 3, "hour": np.arange(rows) / 10}
    kinds = {"angle": "circular(360)", "dose": "ordered"}
    data = as_dataset(x, u, u_kinds=kinds)
    found = by_name([*describe_x(data), *describe_u(data)])
    assert found["columns"].sentence == "Columns of x that never change: flat."
    assert found["telling"].sentence.startswith("Columns of x that follow the row number: row")
    assert "-999 in 15 rows of column coded" in found["outliers"].sentence
    assert found["u_rows"].sentence == "Columns of u that follow the row number: hour."
    assert found["u"].sentence == (
        "u has 4 columns, with 300 distinct values in 300 rows: side categorical, 2 levels; angle "
        f"circular with the period 360, from {u['angle'].min():.3g} to {u['angle'].max():.3g}; "
        "dose ordered, 3 levels; hour continuous, from 0 to 29.9."
    )
    said = " ".join(f"{each.sentence} {each.advice}" for each in found.values())
    assert "ounting from 0" not in said.replace("(counting from 0,", "")
    assert "`" not in said


def test_an_error_becomes_a_finding_that_blocks():
    found = refusal("table", "Unfit", InputError("u is empty; give one value; for each row"))
    assert found == Finding(
        "table", "blocks", "Unfit: u is empty.", "Give one value; for each row."
    )
    assert refusal("table", "Unfit", InputError("no")).advice == ""
    assert blocks([found])
    assert not blocks([Finding("x", "warn", "")])


def test_numbers_and_lists_are_words():
    assert [counted(n, "row") for n in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
    assert listed(range(3)) == "0, 1, 2"
    assert listed(range(9)) == "0, 1, 2 and 6 more"


def test_a_table_in_memory_is_examined_as_its_file_is(tmp_path):
    rng, u = np.random.default_rng(0), np.arange(480) % 8
    x = rng.normal(size=(480, 3)) * (1 + u)[:, None]
    np.savez(tmp_path / "t.npz", x=x, u=u)
    small = Config(train=TrainConfig(batch=16))
    file = Experiment(str(tmp_path / "t.npz"), ("ivae",), (1,), (1,), 10, small)
    memory = examine(file._replace(data="mine"), timed=False, table=as_dataset(x, u))
    own, found = (
        [each for each in findings if each.name != "cost"]  # memory that is free by then
        for findings in (examine(file, timed=False), memory)
    )
    assert own == found
    assert {"x", "u", "u_in_x", "modulation"} <= set(by_name(found))


def test_components_that_tests_see_are_those_of_the_columns_whatever_their_offset():
    rng, u = np.random.default_rng(0), np.arange(600) % 8
    x = rng.normal(size=(600, 3)) * rng.uniform(0.3, 3, (8, 3))[u] @ rng.normal(size=(3, 3))
    config = Config(train=TrainConfig(batch=16), model=ModelConfig(dim_z=3))
    experiment, seen = Experiment("mine", ("ivae",), (1,), (1,), 10, config), []
    for offset in (0, np.array([2e9, 0, -5e7])):
        raw = as_dataset(x + offset, u)
        study = Study(experiment, table=raw)
        assert study.data.preprocessing[0].codec.is_whitening
        seen.append(np.abs(look_at(study, raw)[2].x))
    np.testing.assert_allclose(seen[0], seen[1], atol=1e-3)


def test_rows_that_are_nearly_all_the_same_are_examined():
    x = np.ones((1200, 4))
    x[:5] += np.random.default_rng(0).normal(size=(5, 4))
    experiment = Experiment("mine", ("ivae",), (1,), (1,), 10, Config(train=TrainConfig(batch=16)))
    found = examine(experiment, timed=False, table=as_dataset(x, np.arange(1200) % 8))
    assert blocks(found)
