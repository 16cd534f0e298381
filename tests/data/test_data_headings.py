"""Where names stand: comments, empty lines, units, several lines, sheets; and empty rows."""

import zipfile

import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import as_dataset, load_table
from ivaegan_jax.types import InputError

X = [[1.5, 2], [2.5, 3], [3.5, 5]]
LINES = "neuron_1,neuron_2,side\n1.5,2,a\n2.5,3,b\n3.5,5,a\n"
ROWS = LINES.partition("\n")[2]
PLAIN = ("neuron_1", "neuron_2")
UNITS = ("neuron_1 [mV]", "neuron_2 [Hz]")
JOINED = ("ca1_neuron_1", "ca1_neuron_2")

TEXTS = {
    "comments": ("# made by a device\n# 2 channels\n" + LINES, PLAIN, "2 lines above the names"),
    "names in a comment": ("# neuron_1,neuron_2,side\n" + ROWS, PLAIN, ""),
    "such with blanks": ("#neuron_1 neuron_2 side\n" + ROWS.replace(",", " "), PLAIN, ""),
    "lines of a device": ("Rate,1000\n\n" + LINES, PLAIN, "2 lines above the names are left out."),
    "such with separators": ("Rate: 1000,,\n,,\n" + LINES, PLAIN, "2 lines above"),
    "such beside decimal commas": (
        "Rate: 15\n" + LINES.replace(",", ";").replace(".", ","), PLAIN, "1 line above"
    ),
    "units": (LINES.replace("\n", "\nmV,Hz,-\n", 1), UNITS, "holds units: mV, Hz, -."),
    "units in brackets": (LINES.replace("\n", "\n[mV],(Hz),\n", 1), UNITS, "holds units"),
    "two lines of names": ("ca1,ca1,\n" + LINES, JOINED, "stand in 2 lines"),
    "merged cells": ("ca1,,side\nneuron_1,neuron_2,\n" + ROWS, JOINED, "stand in 2 lines"),
    "separators behind": (LINES.replace("\n", ",\n"), PLAIN, ""),
    "separators behind rows": (LINES.replace("\n", ",\n").replace(",\n", "\n", 1), PLAIN, ""),
    "empty rows": (LINES + ",,\n ,,\n", PLAIN, "2 empty rows are left out."),
    "comments between the rows": (
        LINES.replace("2.5", "# a, b, c, or d\n2.5").replace("3.5", "% mended\n3.5"),
        PLAIN, "Comments between the rows are left out, 2 in all.",
    ),
    "comments below the names": (
        LINES.replace("side\n", "side\n# Anna's rig\n"), PLAIN, "left out, 1 in all."
    ),
    "rows that are commented out": (
        LINES.replace("2.5", "#9.5,9,c\n2.5").replace("3.5", "# 1.5,2,c,,\n3.5"), PLAIN, "2 in all."
    ),
    "comments filled up by a spreadsheet": (
        LINES.replace("2.5", "# by Excel,,\n2.5"), PLAIN, "left out, 1 in all."
    ),
    "blanks around names": (LINES.replace(",side", " , side "), PLAIN, ""),
    "a line break in a name": ('"neuron_1",neuron_2,"side"\n' + ROWS, PLAIN, ""),
    "other line ends": (LINES.replace("\n", "\r"), PLAIN, ""),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_names_are_found_where_they_stand(tmp_path, text):
    content, columns, note = TEXTS[text]
    (tmp_path / "t.csv").write_bytes(content.encode())
    found = load_table(tmp_path / "t.csv", u="*side")
    assert found.x.tolist() == X
    assert found.columns == columns
    assert found.u.own().tolist() == ["a", "b", "a"]
    assert note in " ".join(found.notes)
    assert len(found.notes) == (2 if note else 1)


FAULTS = {
    "a fault in the first row": ("a,b,side\noops,2,x\n3,4,y\n1,1,x\n", "such as 'oops' in row 0"),
    "of a lone column": ("a,side\noops,x\n3,y\n1,y\n", "such as 'oops' in row 0"),
    "numbers in a comment": ("# 1,2\n1,2\n3,4\n", "first line holds numbers"),
    "no rows": ("a,b,side\n", "x is empty"),
    "a ragged line": ("# made\n" + LINES + "1,2,a,9\n", "Expected 3 fields in line 6, saw 4"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_heading_is_none(tmp_path, fault):
    content, message = FAULTS[fault]
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(InputError) as caught:
        load_table(tmp_path / "t.csv", u="side")
    assert message in str(caught.value)


def test_rows_that_begin_without_numbers_are_rows(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,side\n,,x\n1,2,y\n3,4,x\n")
    with pytest.raises(InputError, match="2 of them, first in row 0"):
        load_table(tmp_path / "t.csv", u="side")


@pytest.mark.parametrize("name", ["t.txt", "t.csv.zip", "t.csv", "t.tsv.gz"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_text_of_other_endings_and_encodings(tmp_path, name, encoding):
    names = ["neuron_1 [µV]", "neuron_2 [°C]"]
    frame = pd.DataFrame(X, columns=names).assign(side=["früh", "spät", "früh"])
    frame.to_csv(tmp_path / name, index=False, sep="\t", encoding=encoding)
    found = load_table(tmp_path / name, u="side")
    assert found.x.tolist() == X
    assert found.columns == tuple(names)
    assert found.u.own().tolist() == ["früh", "spät", "früh"]
    assert found.notes[0].count("Windows-1252" if encoding == "cp1252" else "read as UTF-16.") == 1


def test_a_letter_far_down_decides_the_encoding(tmp_path):
    rows = "".join(f"{i % 7}.5,{i % 3},a\n" for i in range(200_000))
    (tmp_path / "t.csv").write_bytes((LINES + rows + "1,2,spät\n").encode("cp1252"))
    found = load_table(tmp_path / "t.csv", u="side")
    assert found.u.own()[-1] == "spät"
    assert "read as Windows-1252" in found.notes[0]


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 9, LINES.encode() + b"\x00\x01", b"\x81,b\n1,2"]
)
def test_bytes_that_are_no_text_are_refused_in_one_line(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"byte \d+ is no text") as caught:
        load_table(tmp_path / "t.csv", u="side")
    assert "\n" not in str(caught.value)


def test_labels_that_begin_with_a_mark_are_labels(tmp_path):
    (tmp_path / "t.csv").write_text("side,a,b\n#1,1,2\nx,3,4\n#1,5,6\nx,7,-2\n")
    found = load_table(tmp_path / "t.csv", u="side")
    assert found.u.own().tolist() == ["#1", "x", "#1", "x"]
    assert found.x[:, 1].tolist() == [2, 4, 6, -2]


def test_an_archive_of_several_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.csv.zip", "w") as archive:
        archive.writestr("a.csv", LINES)
        archive.writestr("b.csv", LINES)
    with pytest.raises(InputError, match="an archive of 2 files; unpack it"):
        load_table(tmp_path / "t.csv.zip", u="side")


def test_a_pickle_is_never_opened_and_the_advice_works(tmp_path):
    frame = pd.DataFrame(X, columns=list(PLAIN)).assign(side=["a", "b", "a"])
    frame.to_pickle(tmp_path / "t.pkl")
    with pytest.raises(InputError, match=r"never opened.* save the table with DataFrame\.to_par"):
        load_table(tmp_path / "t.pkl", u="side")
    frame.to_parquet(tmp_path / "t.parquet")
    assert load_table(tmp_path / "t.parquet", u="side").x.tolist() == X


def test_the_sheet_with_numbers_is_read_from_where_its_names_stand(tmp_path):
    pytest.importorskip("openpyxl")
    frame = pd.DataFrame(X, columns=list(PLAIN)).assign(side=["a", "b", "a"]).astype(object)
    frame = pd.concat([frame[:1], frame[:1].map(lambda _: None), frame[1:]])
    with pd.ExcelWriter(tmp_path / "t.xlsx") as writer:
        pd.DataFrame({"note": ["see the other sheet"]}).to_excel(writer, sheet_name="info")
        frame.to_excel(writer, sheet_name="data", index=False, startrow=2)
    found = load_table(tmp_path / "t.xlsx", u="side")
    assert found.x.tolist() == X
    assert found.columns == PLAIN
    said = "The sheet data is read, not info. 2 lines above the names are left out. 1 empty rows"
    assert said in " ".join(found.notes)


def test_the_sheet_with_the_names_that_are_given_is_read(tmp_path):
    pytest.importorskip("openpyxl")
    frame, path = pd.DataFrame(X, columns=list(PLAIN)), tmp_path / "t.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame(np.ones((20, 9))).to_excel(writer, sheet_name="others")
        frame.assign(side=["a", "b", "a"]).to_excel(writer, sheet_name="data", index=False)
    assert load_table(path, x="neuron_*", u="side:categorical").x.tolist() == X
    with pd.ExcelWriter(path) as writer:
        frame.to_excel(writer, sheet_name="cells", index=False)
        pd.DataFrame({"side": ["a", "b", "a"]}).to_excel(writer, sheet_name="trials", index=False)
    with pytest.raises(InputError, match=r"'side' stands in the sheet trials, .* cells is read"):
        load_table(path, x="neuron_*", u="side")
    with pytest.raises(InputError, match="sheet trials, which has no numbers, as the sheet cells"):
        load_table(path, u="side")


def units(tmp_path, lines):
    (tmp_path / "t.csv").write_text(lines)
    return tmp_path / "t.csv"


def test_a_column_is_named_with_its_unit_or_without(tmp_path):
    lines = "Rate (Hz),force [N],angle [deg],time (s),trial\n"
    lines += "".join(f"{i}.5,{i % 7},{i % 4}.25,{i},{i // 10}\n" for i in range(40))
    path = units(tmp_path, lines)
    short = load_table(path, x="Rate,force", u="angle:circular(4)", groups="trial")
    full = load_table(path, x="Rate (Hz),force [N]", u="angle [deg]:circular(4)", groups="trial")
    for found in (short, full):
        assert found.columns == ("Rate (Hz)", "force [N]")
        assert found.u.names == ("angle [deg]",)
        assert found.time.tolist() == list(range(40))
    assert load_table(path, u="angle").columns == ("Rate (Hz)", "force [N]", "trial")


@pytest.mark.parametrize(
    ("names", "of_model"),
    [
        ("force [N],side", "force [N]"),
        ("force,side", "force [N]"),
        ("force [N],side", "force"),
        ("side,force (N)", "force"),
    ],
)
def test_new_rows_need_no_unit_but_no_other_one(tmp_path, names, of_model):
    rows = "1.5,2\n2.5,3\n"
    found = load_table(units(tmp_path, f"{names}\n{rows}"), new_rows_of=[of_model])
    assert found.columns == (of_model,)
    assert found.x.shape == (2, 1)
    with pytest.raises(InputError, match="x lacks 1 of the 1 columns"):
        load_table(units(tmp_path, f"force [kN],side\n{rows}"), new_rows_of=["force [N]"])


def test_two_columns_of_one_name_need_their_units():
    frame = pd.DataFrame(np.eye(4)[:, :3], columns=["f [N]", "f [kN]", "u"])
    with pytest.raises(InputError, match=r"'f' is no column; did you mean 'f \[N\]'"):
        as_dataset(frame, "u", columns="f")


def test_decimal_commas_may_have_an_exponent(tmp_path):
    rows = "\n".join(f"{i},5E-01;-1,25e+01;{'ab'[i % 2]}" for i in range(8))
    (tmp_path / "t.csv").write_text(f"a;b;side\n{rows}\n")
    found = load_table(tmp_path / "t.csv", u="side")
    assert found.x[:, 0].tolist() == [float(f"{i}.5e-1") for i in range(8)]
    assert found.x[0, 1] == -12.5
