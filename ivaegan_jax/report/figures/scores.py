"""The main pictures: every run beside its mean, interval and baselines; paired differences."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from ivaegan_jax.evaluation import Agreement, Result, Score
from ivaegan_jax.metrics import Interval
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import agreement, differences, interval, paired
from ivaegan_jax.report.figures.strips import Line, strips
from ivaegan_jax.report.figures.style import INK, Look, Palette, looks
from ivaegan_jax.report.inputs import Arm, Records

MCC = "held-out MCC"

BASELINE_LABELS = {
    "random_rotation": "random rotation",
    "random_rotation_p95": "rotation, 95th pct.",
    "raw_x": "raw x",
    "pca": "PCA of x",
    "fastica": "FastICA of x",
    "joint_diagonalisation": "joint diagonalisation",
    "label_only": "label only",
    "linear_supervised": "best linear map",
    "shuffled_u": "shuffled u",
}


def mcc_strips(results: Sequence[Result], palette: Palette) -> Figure | None:
    """Held-out MCC of every run per model, with the baselines; None without true sources."""
    lines = [_of_mcc(results, label, palette[label]) for label in _with_mcc(results)]
    known = recorded.baselines(results)
    named = {BASELINE_LABELS.get(name, name): value for name, value in known.items()}
    return strips(lines, MCC, named) if lines else None


def agreement_strips(results: Sequence[Result], palette: Palette) -> Figure | None:
    """Agreement of every pair of runs per model; None where there are no pairs."""
    pairs = {
        label: recorded.select(results, Agreement, label, "agreement_mcc")
        for label in recorded.labels(results)
    }
    lines = [
        _line(label, own, agreement(own), palette[label]) for label, own in pairs.items() if own
    ]
    return strips(lines, "MCC between pairs of runs") if lines else None


def paired_differences(
    results: Sequence[Result], palette: Palette, better: str = "ivae_gan", reference: str = "ivae"
) -> Figure | None:
    """Difference of two models on each data seed, sorted; None unless both are there."""
    a, b = recorded.scores(results, "mcc", better), recorded.scores(results, "mcc", reference)
    found, test = differences(a, b), paired(a, b)
    if not found or test is None:
        return None
    items = sorted(found.items(), key=lambda item: item[1])
    lines = [Line(f"data seed {s}", [v], [False], None, palette[better]) for s, v in items]
    lines.append(Line("mean, 95 %", [], [], test.difference, Look(INK, "o")))
    figure = strips(lines, f"held-out MCC: {better} minus {reference}")
    figure.axes[0].axvline(0, color=INK, linewidth=0.6)
    return figure


def arm_strips(arms: Sequence[Arm], read: Sequence[Records]) -> Figure | None:
    """Every run of every arm, an arm per line; None without true sources."""
    palette = looks(recorded.ordered(arm.preset for arm in arms))
    several = len({arm.data for arm in arms}) > 1
    lines = []
    for arm, each in zip(arms, read, strict=True):
        if recorded.select(each.results, Score, arm.name, "mcc"):
            line = _of_mcc(each.results, arm.name, palette[arm.preset])
            rotation = recorded.baselines(each.results).get("random_rotation")
            name = f"{arm.name} ({arm.data})" if several else arm.name
            lines.append(line._replace(name=name, against=rotation))
    return strips(lines, MCC) if lines else None


def _with_mcc(results: Sequence[Result]) -> list[str]:
    known = recorded.labels(results)
    return [label for label in known if recorded.select(results, Score, label, "mcc")]


def _of_mcc(results: Sequence[Result], label: str, look: Look) -> Line:
    found = recorded.select(results, Score, label, "mcc")
    return _line(label, found, interval(results, "mcc", label), look)


def _line(
    name: str, found: Sequence[Score] | Sequence[Agreement], band: Interval | None, look: Look
) -> Line:
    values, lost = map(recorded.counted, found), map(recorded.is_diverged, found)
    return Line(name, list(values), list(lost), band, look)
