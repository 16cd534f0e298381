from dataclasses import replace

import pytest
from report_results import baseline, finding, pair, score, truth_results, verdict, write_workdir

from ivaegan_jax.evaluation import Consensus, LinearStep, Reason, Verdict
from ivaegan_jax.report import summary, write_report
from ivaegan_jax.report.controls import controls_table, without_controls
from ivaegan_jax.report.evidence import NOT_SUPPORTED, SUPPORTED, UNKNOWN
from ivaegan_jax.report.first_page import STATUS, first_page
from ivaegan_jax.report.selection import chosen_runs
from ivaegan_jax.report.wording import headline

SEEDS = (1, 2, 3)
GOOD, BAD = "The variances follow u.", "u takes 6 values."


def rows(preset="ivae_gan", usable=SEEDS, agreement=0.97, information=1.0, seeds=SEEDS):
    """Runs of one preset on one data seed with their verdicts, agreement and consensus."""
    found = [score("elbo", -1.0, preset, 1, seed) for seed in seeds]
    for seed in seeds:
        told = "usable" if seed in usable else "not identifiable"
        reasons = [("a", GOOD if seed in usable else BAD)]
        found += [
            verdict(told, reasons, preset, 1, seed),
            finding("information_on_u", information + seed / 10, preset, 1, seed),
        ]
        found += [pair(agreement, preset, 1, seed, other) for other in seeds if other > seed]
    groups = (tuple(seeds),) if agreement > 0.85 else tuple((seed,) for seed in seeds)
    about = {"label": preset, "data": "b1", "data_seed": 1, "medoid": 1, "groups": groups}
    found.append(Consensus(**about, rotation=0.73, rotation_p95=0.82, stability=(0.99, 0.5),
                           vanished=(False, True)))  # fmt: skip
    return found


def with_reasons(found, *reasons):
    """The same results, where every verdict has these reasons."""
    new = tuple(Reason(code, text) for code, text in reasons)
    return [replace(r, reasons=new) if isinstance(r, Verdict) else r for r in found]


def only(rows):
    [short] = first_page(rows)
    return short, " ".join(
        [short.status.sentence, *short.sentences, *(r.text for r in short.reasons)]
    )


def test_runs_that_agree_under_a_prior_of_which_nothing_is_proved_identify_nothing_for_sure():
    short, told = only(with_reasons(rows(usable=()), ("unproved", "Nothing is proved.")))
    assert short.verdict == UNKNOWN
    assert "Nothing is proved." in told


@pytest.mark.parametrize("status", STATUS.values(), ids=map("-".join, STATUS))
def test_a_sentence_adds_to_the_words_before_it(status):
    """Wherever both stand, as in a program's last lines, nothing is said twice."""
    assert status.words not in status.sentence
    assert "identification is supported" not in status.sentence or "supported" not in status.words


def test_usable_runs_that_agree_are_identified():
    short, text = only(rows())
    assert short.verdict == SUPPORTED
    assert "3 of 3 runs are usable." in text
    assert "found again in the other runs at .99, .50." in text
    assert "agree with each other at .97 [.97, .97]" in text
    assert [reason.text for reason in short.reasons] == [f"{GOOD} (3 of 3 runs)"]


def test_usable_runs_that_do_not_agree_are_not():
    short, text = only(rows(agreement=0.75))
    assert short.verdict == NOT_SUPPORTED
    assert "are not shown to agree better" in short.reasons[0].text
    assert "groups of 1 + 1 + 1 runs" in text


def test_runs_that_agree_in_part_leave_it_open():
    short, _ = only(rows(agreement=0.9))
    assert short.verdict == UNKNOWN
    assert "better than rotations of one solution would, but below .95" in short.reasons[0].text
    assert short.steps


def test_runs_that_agree_but_are_not_usable_are_not_identified():
    short, text = only(rows(usable=(2,)))
    assert short.verdict == NOT_SUPPORTED
    assert "1 of 3 runs are usable (2 not identifiable)." in text
    assert [reason.text for reason in short.reasons] == [f"{BAD} (2 of 3 runs)"]


@pytest.mark.parametrize(("code", "verdict"), [("information", UNKNOWN), ("levels", NOT_SUPPORTED)])
def test_too_few_rows_to_see_anything_leave_it_open_where_nothing_else_is_wrong(code, verdict):
    found = with_reasons(rows(usable=()), *((c, c) for c in ("rank", "power", code)))
    assert only(found)[0].verdict == verdict


@pytest.mark.parametrize("seeds", [(1,), (1, 2)])
def test_a_pair_of_runs_is_too_few(seeds):
    short, text = only(rows(seeds=seeds))
    assert short.verdict == UNKNOWN
    assert "Train three model seeds or more" in text


def with_likelihood(found, preset, value):
    """The same results and log p(x|u) of every run, a little different in each."""
    seeds = {row.seed for row in found if isinstance(row, Verdict)}
    told = [score("log_likelihood", value + seed / 10, preset, 1, seed) for seed in seeds]
    return [*found, *told]


def beside_control(own, control, seeds=range(1, 6)):
    """First pages of a preset and of its control with these log p(x|u)."""
    spoilt = rows("ivae_gan+shuffled_x", usable=(), seeds=seeds)
    return first_page(
        [*with_likelihood(rows(usable=seeds, seeds=seeds), "ivae_gan", own),
         *with_likelihood(spoilt, "ivae_gan+shuffled_x", control)]
    )  # fmt: skip


def test_a_negative_control_that_is_beaten_in_every_run_supports():
    [real] = beside_control(-3.0, -4.0)
    assert real.verdict == SUPPORTED
    text = " ".join(real.sentences)
    assert "It beats its negative controls" in text
    assert "1.00 above shuffled_x, better in 5 of 5 runs" in text


def test_three_runs_are_too_few_to_beat_a_control_and_no_reason_against():
    [real] = beside_control(-3.0, -4.0, SEEDS)
    assert real.verdict == SUPPORTED
    assert "is not shown to beat all of its negative controls" in " ".join(real.sentences)


def test_a_control_alone_says_what_it_is():
    short, text = only(rows("ivae_gan+shuffled_x", usable=()))
    assert "every column of its x was shuffled" in text
    assert short.verdict == NOT_SUPPORTED


@pytest.mark.parametrize("control", [-3.0, -2.0, -3.15])
def test_a_negative_control_that_is_not_beaten_speaks_against(control):
    [real] = beside_control(-3.0, control)
    assert real.verdict == (SUPPORTED if control == -3.15 else NOT_SUPPORTED)
    assert ("is not shown to beat" in " ".join(real.sentences)) == (control != -3.15)
    assert any("(shuffled_x)" in reason.text for reason in real.reasons) == (control != -3.15)


def test_without_a_control_the_page_says_how_to_train_one():
    assert "--controls=all" in only(rows())[1]


def test_controls_stand_beneath_their_model():
    found = [
        *with_likelihood(rows(), "ivae_gan", -3.0),
        *with_likelihood(rows("ivae_gan+u_only", usable=()), "ivae_gan+u_only", -4.0),
    ]
    own, control = controls_table(found).records
    assert (own["label"], own["usable"], own["runs"]) == ("ivae_gan", 3, 3)
    assert (control["label"], control["usable"]) == ("ivae_gan+u_only", 0)
    assert control["gain"] == pytest.approx(1.0)
    assert control["better"] == "3 of 3"
    assert not controls_table(rows()).records


def test_the_truth_is_told_where_it_is_known():
    mcc = [score("mcc", 0.9, "ivae_gan", 1, seed) for seed in SEEDS]
    assert "MCC .90 [.90, .90]" in only([*rows(), *mcc])[1]


def test_a_sentence_names_the_baselines_that_the_model_lies_below_and_no_others():
    mcc = [score("mcc", 0.6 + seed / 1000, "ivae_gan", 1, seed) for seed in SEEDS]
    known = [baseline("raw_x", 0.5), baseline("pca", 0.6), baseline("random_rotation", 0.7)]
    short, text = only([*rows(), *mcc, *known])
    assert short.status.words == "contradicted by the sources"
    assert "lies below the baseline random_rotation (.70)." in f"{short.status.sentence}."
    assert "raw_x" not in text
    [step] = short.steps
    assert "--steps=" in step.text


@pytest.mark.parametrize(
    ("mcc", "in_the_way", "words"),
    [
        (0.999, ["fastica", "linear_supervised"], "identified"),
        (0.999, ["label_only"], "contradicted by the sources"),
        (0.9, ["fastica"], "contradicted by the sources"),
    ],
)
def test_sources_that_a_linear_map_finds_too_are_not_missed(mcc, in_the_way, words):
    scores = [score("mcc", mcc - seed / 1e5, "ivae_gan", 1, seed) for seed in SEEDS]
    known = [baseline("random_rotation", 0.7), *(baseline(name, 0.9999) for name in in_the_way)]
    short, _ = only([*rows(), *scores, *known])
    assert short.status.words == words
    assert ("linear map" in short.status.sentence) == (words == "identified")


def test_a_model_whose_prior_knows_no_u_has_one_next_step():
    found = with_reasons(rows(usable=(), agreement=0.5), ("prior", "No u."))
    [step] = only(found)[0].steps
    assert "prior depends on u" in step.text


def test_the_page_begins_with_it_and_escapes_it(tmp_path):
    found = with_reasons(rows(), ("a", "<b>"))
    text = write_report([write_workdir(tmp_path / "run", found)]).read_text()
    assert text.index("ivae_gan on b1: <b>identification supported</b>") < text.index("<h2>b1</h2>")
    assert "&lt;b&gt; (3 of 3 runs)" in text


def test_older_work_directories_have_no_first_page(tmp_path):
    path = write_workdir(tmp_path / "run", truth_results(("ivae",)))
    assert first_page(truth_results(("ivae",))) == []
    assert "Each verdict" not in write_report([path]).read_text()


def test_a_control_is_no_rival_of_its_model():
    found = [*rows(agreement=0.5), *rows("ivae_gan+u_only", agreement=0.9)]
    assert without_controls(["ivae_gan", "ivae_gan+u_only"]) == ["ivae_gan"]
    assert without_controls(["ivae_gan+u_only"]) == ["ivae_gan+u_only"]
    told = " ".join(
        [headline("b1", found, summary(found), first_page(found))[0], *chosen_runs(found)]
    )
    assert "ivae_gan" in told
    assert "u_only" not in told


def steps_of(*codes, label="ivae_gan"):
    return [
        LinearStep(label=label, data="b1", data_seed=1, seed=seed, code=code, text=f"Why {code}.")
        for seed, code in enumerate(codes, start=1)
    ]


def test_a_model_says_how_many_runs_took_the_linear_step_and_why_the_others_did_not():
    assert "linear step" not in only(rows())[1]
    _, text = only(rows() + steps_of("taken", "not_linear", "taken"))
    assert "2 of 3 runs took the linear step after training. Why taken." in text
    assert "Refused (1): Why not_linear." in text
    _, text = only(rows() + steps_of("equal", "not_linear", "equal"))
    assert "0 of 3 runs took the linear step after training. Refused (2): Why equal." in text


def test_a_page_of_models_that_took_a_linear_step_says_so(tmp_path):
    found = truth_results(presets=("ivae", "ivae_gan")) + steps_of("taken")
    found = [*found, *rows()]
    workdir = tmp_path / "run"
    write_workdir(workdir, [replace(each, data="b1") for each in found])
    assert "1 of 1 runs took the linear step" in write_report([workdir]).read_text()


@pytest.mark.parametrize(
    ("like", "told"),
    [
        (0.98, "A linear unmixing of x finds the same latents (MCC with them: FastICA .980"),
        (0.6, "Linear unmixings of x find other latents (MCC with them: FastICA .600"),
    ],
)
def test_without_a_truth_a_model_stands_beside_linear_unmixings(like, told):
    found = [finding("like_fastica", like, "ivae_gan", 1, seed) for seed in SEEDS]
    short, _ = only(rows() + found)
    assert short.sentences[0].startswith(told)
