"""A report is complete, self-contained, safe to share, and the same each time."""

import json
import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from report_results import (
    baseline,
    image_arrays,
    score,
    train_rows,
    truth_arrays,
    truth_results,
    write_workdir,
)

from ivaegan_jax.files import printable
from ivaegan_jax.report import recorded, write_report
from ivaegan_jax.report.figures.arrays import first_run, of_data, of_run
from ivaegan_jax.report.figures.curves import curves, learning_curves, logged_terms, scale_of
from ivaegan_jax.report.figures.images import image_grid, traversals
from ivaegan_jax.report.figures.latents import latents_by_u, latents_vs_truth
from ivaegan_jax.report.figures.picture import to_svg
from ivaegan_jax.report.figures.scatter import scatter_matrix
from ivaegan_jax.report.figures.scores import (
    BASELINE_LABELS,
    agreement_strips,
    mcc_strips,
    paired_differences,
)
from ivaegan_jax.report.figures.strips import LONGEST
from ivaegan_jax.report.figures.style import INK, WIDE, labelled, looks, panel
from ivaegan_jax.report.inputs import read_workdirs, studies
from ivaegan_jax.types import InputError

PALETTE = looks(["vae", "ivae", "vae_gan", "ivae_gan", "igan", "mine"])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A run directory with its report, which no test changes."""
    arrays = {"ivae": truth_arrays(), "ivae_gan": truth_arrays(), "igan": truth_arrays()}
    folder = tmp_path_factory.mktemp("written") / "study"
    write_workdir(folder, truth_results(), train_rows(), arrays)
    assert write_report([folder]) == folder / "report.html"
    return folder


def test_a_report_has_all_its_files(written):
    assert names(written / "figures") == [
        "b1_curves.png", "b1_latents.png", "b1_mcc.png", "b1_paired.png",
    ]  # fmt: skip
    stored = json.loads((written / "summary.json").read_text())
    assert stored["convention"]["assignment"] == "held_out"
    assert len(stored["data"]["b1"]["runs"]) == 40
    assert "| ivae_gan |" in (written / "summary.md").read_text()


def test_the_page_needs_nothing_from_outside_and_escapes_everything(written):
    text = (written / "report.html").read_text()
    assert not re.search(r"(?:src|href)=\"(?!data:|#)|https?://|<script|@import|<img", text)
    assert text.count("<figure") == 4
    assert "&lt;abc&gt;" in text
    assert "<abc>" not in text
    for word in ("viewport", "prefers-color-scheme", "@media print", "random_rotation_p95"):
        assert word in text


def test_a_report_is_the_same_each_time_and_leaves_no_scraps(written, tmp_path):
    again = write_report([written], tmp_path / "a")
    assert again.read_bytes() == (written / "report.html").read_bytes()
    assert names(tmp_path / "a") == ["figures", "report.html", "summary.json", "summary.md"]


def test_a_report_on_real_data(real_dir):
    write_report([real_dir])
    assert names(real_dir / "figures") == [
        "digits_agreement.png",
        "digits_curves.png",
        "digits_latents_by_u.png",
        "digits_samples.png",
    ]


def test_several_work_directories_share_a_page(written, real_dir, tmp_path):
    text = write_report([written, real_dir], tmp_path / "out").read_text()
    assert "<h2>b1</h2>" in text
    assert "<h2>digits</h2>" in text


def test_presets_carry_their_directory_only_where_they_collide(tmp_path):
    rows = [score("mcc", 0.5), baseline("raw_x", 0.4)]
    a = write_workdir(tmp_path / "a", rows, train_rows(("ivae",)), {"ivae": truth_arrays()})
    b = write_workdir(tmp_path / "b", [*rows, score("mcc", 0.6, "igan")])
    [study] = studies(read_workdirs([a, b]))
    assert {recorded.name_of(r) for r in study.results} == {"a/ivae", "b/ivae", "igan", "raw_x"}
    assert {r["label"] for r in study.train} == {"a/ivae"}
    assert list(study.arrays) == ["a/ivae"]
    assert "a/ivae" in write_report([a, b], tmp_path / "out").read_text()


@pytest.mark.parametrize(("seeds", "labels"), [((1, 2), {"ivae"}), ((1, 1), {"0/ivae", "1/ivae"})])
def test_directories_that_differ_in_data_seeds_alone_are_one_study(tmp_path, seeds, labels):
    for name, seed in zip("01", seeds, strict=True):
        path = write_workdir(tmp_path / name, [score("mcc", 0.5, data_seed=seed)])
        settings = {"steps": 10, "data_seeds": [seed], "data_sha256": f"of {seed}"}
        (path / "config.json").write_text(json.dumps(settings))
    [study] = studies(read_workdirs([tmp_path / "0", tmp_path / "1"]))
    assert {each.label for each in study.results} == labels
    assert [each.data_seed for each in study.results] == list(seeds)


@pytest.mark.parametrize("rows", [None, [], [baseline("raw_x", 0.5)]])
def test_nothing_to_report_is_one_clear_line(tmp_path, rows):
    path = tmp_path / "run"
    if rows is not None:
        write_workdir(path, rows)
    with pytest.raises(InputError, match="run: no ") as error:
        write_report([path])
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_one_clear_line(truth_dir):
    path = truth_dir / "metrics.jsonl"
    path.write_text("{broken\n" + path.read_text())
    with pytest.raises(InputError, match="line 1 is damaged"):
        write_report([truth_dir])


def test_no_work_directory_at_all():
    with pytest.raises(InputError):
        write_report([])


def test_words_of_a_figure_keep_all_their_digits():
    figure, ax = panel(WIDE, 2.0)
    ax.set_xticks([0.2251, 0.2752])
    labelled(ax, title="dose 1.2345")
    words = re.findall(r"<text[^>]*>([^<]*)<", to_svg(figure, "name"))
    assert {"0.2251", "0.2752", "dose 1.2345"} <= {each.strip() for each in words}


def test_every_baseline_has_room_beside_the_axes():
    assert max(map(len, BASELINE_LABELS.values())) <= LONGEST


def test_the_strip_plot_shows_every_run_and_every_baseline():
    rows = truth_results(("vae", "ivae"))
    rows.append(score("mcc", None, "ivae", 5, 9, status="diverged"))
    figure = mcc_strips(rows, PALETTE)
    assert figure is not None
    [ax] = figure.axes
    markers = {look.marker for look in PALETTE.values()}
    marks = [line for line in ax.lines if line.get_marker() in {*markers, "x"}]
    runs = [line for line in marks if line.get_color() != INK]
    assert sum(len(line.get_xdata()) for line in runs) == 17
    assert "random rotation" in [text.get_text() for text in ax.get_yticklabels()]


def test_figures_without_material_are_none():
    assert mcc_strips([], PALETTE) is None
    assert agreement_strips(truth_results(), PALETTE) is None
    assert paired_differences(truth_results(("vae",)), PALETTE) is None
    assert learning_curves([], PALETTE) == []
    assert latents_vs_truth({"ivae": {}}, PALETTE) == []
    assert latents_by_u({}) == []
    assert image_grid({"ivae": truth_arrays()}) == []


def test_curves_take_the_median_and_the_last_of_repeated_rows():
    rows = [{"label": "ivae", "seed": s, "step": 10, "nll": float(s)} for s in (1, 2, 3)]
    rows.append({"label": "ivae", "seed": 3, "step": 10, "nll": 30.0})
    rows.append({"label": "ivae", "seed": 1, "step": 20, "nll": float("nan")})
    found = curves(rows, "nll")["ivae"]
    assert found.index.tolist() == [10]
    assert found.loc[10].tolist() == [1.5, 2, 16]
    assert curves([{"label": "ivae", "step": 1, "nll": None}], "nll") == {}


def test_curves_show_terms_and_no_labels():
    rows = train_rows(("ivae_gan",))
    assert logged_terms(rows) == ["nll", "kl", "adv_g", "adv_d", "critic_accuracy"]


def test_axes_are_scaled_to_what_they_show():
    assert scale_of(np.array([1.0, 2, 3])) == "linear"
    assert scale_of(np.geomspace(1, 1e4, 50)) == "log"
    assert scale_of(np.concatenate([-np.geomspace(1, 1e4, 50), [3.0]])) == "symlog"
    assert scale_of(np.zeros(3)) == "linear"


@pytest.mark.parametrize("dim_z", [3, 5, 8])
def test_latents_of_any_number_are_drawn(dim_z):
    arrays = truth_arrays()
    rng = np.random.default_rng(0)
    arrays["z"] = rng.normal(size=(4, 300, dim_z))
    panels = latents_vs_truth({"ivae": arrays}, PALETTE)
    assert len(panels) == 6
    assert all(isinstance(panel, Figure) for panel in panels)


def test_a_diverged_run_is_said_to_be_one():
    arrays = truth_arrays()
    arrays["z"][:] = np.nan
    first, *_ = latents_vs_truth({"ivae": arrays}, PALETTE)
    assert first.axes[0].get_title(loc="left") == "ivae: diverged"
    blind = {name: array for name, array in arrays.items() if name != "s"}
    [alone] = latents_by_u({"ivae": blind})
    assert alone.axes[0].get_title(loc="left") == "ivae: diverged"


@pytest.mark.parametrize("shape", [(1, 200), (1, 200, 2)])
def test_u_may_have_many_levels_or_be_continuous(shape):
    arrays = {**image_arrays(), "u": np.random.default_rng(0).normal(size=shape)}
    assert len(latents_by_u({"ivae": arrays})) == 2


def words_in(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def test_u_is_called_what_the_user_calls_it():
    rng = np.random.default_rng(0)
    arrays = {"z": rng.normal(size=(2, 90, 2)), "data_seed_index": np.zeros(2, int)}
    codes = {"u": np.tile(np.arange(3), (1, 30)), "u_name": np.array("condition"),
             "u_levels": np.array(["rest", "walk", "a very long name of a gait"])}  # fmt: skip
    said = words_in(latents_by_u({"ivae": arrays | codes})[-1])
    for words in ("condition = rest", "condition = walk", "condition = a very …f a gait"):
        assert words in said
    numbers = {"u": np.linspace(-1, 1, 90)[None, :, None], "u_name": np.array("position (cm)"),
               "u_scale": np.array([[50.0, 10.0]])}  # fmt: skip
    said = words_in(latents_by_u({"ivae": arrays | numbers})[-1])
    assert [words for words in said if words.startswith("position (cm) ≈ 4")] != []
    assert "u = 2" in words_in(latents_by_u({"ivae": arrays | {"u": codes["u"]}})[-1])


@pytest.mark.parametrize("name", ["$\\frac$", "$5 or $10", "_rest", "two\nlines"])
def test_names_of_others_are_words_in_figures(name):
    """Two dollars enclose a formula, which may not be one; a legend leaves out what begins `_`."""
    u = np.tile(np.arange(2), (1, 45))
    arrays = {"z": np.random.default_rng(0).normal(size=(2, 90, 2)), "u": u, "u_name": "_u",
              "data_seed_index": np.zeros(2, int),
              "u_levels": np.array([name, "other"])}  # fmt: skip
    *_, legend = latents_by_u({"ivae": arrays})
    FigureCanvasAgg(legend).draw()
    said = [words.replace("\\$", "$").strip("\u200a") for words in words_in(legend)]
    assert {f"_u = {printable(name)}", "_u = other"} <= set(said)
    figure = scatter_matrix(arrays["z"][0], np.array([name, "other"])[u[0]])
    FigureCanvasAgg(figure).draw()
    assert len(figure.legends[0].get_texts()) == 2


def test_pictures_may_be_bytes():
    arrays = image_arrays()
    arrays |= {name: (255 * arrays[name]).astype(np.uint8) for name in ("x", "x_recon", "x_fake")}
    assert len(image_grid({"ivae": arrays})) == 3


def drawn_of(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def test_pictures_in_colour_keep_their_colours_and_a_diverged_run_is_white():
    arrays = image_arrays()
    red = np.zeros((1, 12, 8, 8, 3))
    red[..., 0] = 1.0
    red = red.reshape(1, 12, -1)
    arrays |= {"x": red, "x_recon": np.full((2, 12, 192), np.nan), "x_fake": np.repeat(red, 2, 0)}
    x, recon, fake = (drawn_of(each) for each in image_grid({"ivae": arrays}))
    assert x[0, 0].tolist() == fake[0, 0].tolist() == [1, 0, 0]
    assert (recon == 1).all()


def test_a_traversal_has_a_line_for_each_latent_and_a_figure_for_each_start():
    arrays = image_arrays()
    moved = np.zeros((3, 4, 9, 64), np.float32)
    moved[1, 2, 5] = arrays["x"].max()
    figures = traversals({"ivae": {**arrays, "x_traversed": moved}, "old": arrays})
    assert [each.axes[0].get_title(loc="left") for each in figures] == [
        f"ivae: start {i}" for i in (1, 2, 3)]  # fmt: skip
    shown = drawn_of(figures[1])
    assert shown.shape == (4 * 9, 9 * 9, 3)
    assert (shown[2 * 9 : 2 * 9 + 8, 5 * 9 : 5 * 9 + 8] == 1).all()
    assert (shown[9 : 9 + 8, 5 * 9 : 5 * 9 + 8] == 0).all()


def test_the_run_shown_is_the_first_seed_of_the_first_data_seed():
    arrays = {"z": np.arange(4)[:, None], "s": np.arange(2)[:, None],
              "data_seed_index": np.array([1, 1, 0, 0]), "seed": np.array([1, 2, 2, 1]),
              }  # fmt: skip
    shown = first_run(arrays)
    assert (shown.run, shown.data) == (3, 0)
    assert (of_run(arrays, "z", shown)[0], of_data(arrays, "s", shown)[0]) == (3, 0)


def test_looks_differ_in_colour_and_in_marker():
    assert looks(["igan"])["igan"].colour == PALETTE["igan"].colour
    for of in zip(*PALETTE.values(), strict=True):
        assert len(set(of)) == len(PALETTE)
