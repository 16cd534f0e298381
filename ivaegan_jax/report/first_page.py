"""For a reader in a hurry: was anything identified, how sure is that, why, and what to do next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ivaegan_jax.evaluation import USABLE, Reason, Result
from ivaegan_jax.report import evidence as of_runs
from ivaegan_jax.report import recorded, truth
from ivaegan_jax.report.controls import IN_WORDS, Against, without_controls
from ivaegan_jax.report.dependent import described
from ivaegan_jax.report.evidence import (
    AGREED,
    NOT_SUPPORTED,
    SUPPORTED,
    UNKNOWN,
    Evidence,
    gather,
)
from ivaegan_jax.report.legend import CONTROLS
from ivaegan_jax.report.made_by import MadeBy
from ivaegan_jax.report.render import decimal, short
from ivaegan_jax.report.steps import Step, case_of, step_for
from ivaegan_jax.report.truth import Truth, truths
from ivaegan_jax.report.unmixed import linear_step, linear_unmixings
from ivaegan_jax.studies import control_of

MOST_REASONS = 3

GOOD, OPEN, BAD = "good", "open", "bad"
"""What a reader may take from a status."""


class Status(NamedTuple):
    """Verdict and truth as one: in few words, how good that is, and as a sentence."""

    words: str
    tone: str
    sentence: str


STATUS: Mapping[tuple[str, str], Status] = {
    (SUPPORTED, truth.RECOVERED): Status(
        "identified", GOOD,
        "identification is supported without the true sources, and these confirm it: {mcc}, above "
        "every baseline"),
    (SUPPORTED, truth.LINEAR): Status(
        "identified", GOOD,
        "identification is supported without the true sources, and these confirm it: {mcc}; x "
        "needs no more than a linear map, as {missed} shows"),
    (SUPPORTED, truth.UNKNOWN): Status(
        "identification supported", GOOD,
        "every check without true sources holds; there are none that could confirm it"),
    (SUPPORTED, truth.OPEN): Status(
        "supported, not confirmed", OPEN,
        "every check without the true sources holds, but these do not confirm it: {mcc} does not "
        "clear {missed}"),
    (SUPPORTED, truth.MISSED): Status(
        "contradicted by the sources", BAD,
        "every check without the true sources holds, but these speak against it: {mcc} lies below "
        "{missed}"),
    (UNKNOWN, truth.RECOVERED): Status(
        "recovered, not shown without the sources", OPEN,
        "the true sources are recovered ({mcc}, above every baseline), but without them that "
        "cannot be told yet"),
    (UNKNOWN, truth.LINEAR): Status(
        "recovered, not shown without the sources", OPEN,
        "the true sources are recovered ({mcc}, where {missed} shows that x needs no more than a "
        "linear map), but without them that cannot be told yet"),
    (UNKNOWN, truth.UNKNOWN): Status(
        "cannot be told yet", OPEN,
        "the checks without true sources do not decide whether anything is identified"),
    (UNKNOWN, truth.OPEN): Status(
        "cannot be told yet", OPEN,
        "neither the checks without the true sources nor these decide whether anything is "
        "identified: {mcc} does not clear {missed}"),
    (UNKNOWN, truth.MISSED): Status(
        "not recovered", BAD,
        "the true sources are missed: {mcc} lies below {missed}; the checks without them do not "
        "decide"),
    (NOT_SUPPORTED, truth.RECOVERED): Status(
        "recovered, not shown without the sources", OPEN,
        "the true sources are recovered ({mcc}, above every baseline), but without them that is "
        "not supported"),
    (NOT_SUPPORTED, truth.LINEAR): Status(
        "recovered, not shown without the sources", OPEN,
        "the true sources are recovered ({mcc}, where {missed} shows that x needs no more than a "
        "linear map), but without them that is not supported"),
    (NOT_SUPPORTED, truth.UNKNOWN): Status(
        "not identified", BAD, "identification is not supported"),
    (NOT_SUPPORTED, truth.OPEN): Status(
        "not identified", BAD,
        "identification is not supported, nor do the true sources show it: {mcc} does not clear "
        "{missed}"),
    (NOT_SUPPORTED, truth.MISSED): Status(
        "not identified", BAD,
        "identification is not supported, and the true sources agree: {mcc} lies below {missed}"),
}  # fmt: skip
"""By verdict and what the sources say: one row each, so that no page says two things."""

BEST_FIRST = tuple(dict.fromkeys(STATUS))
"""Of several models the first of these leads."""


class Short(NamedTuple):
    """What the first page says of one model.

    Attributes:
      label: the model.
      verdict: found without the true sources.
      status: that and the truth, as one.
      sentences: what was found.
      reasons: the weightiest first.
      steps: what to do, in the order of the reasons; none where nothing is left to do.
    """

    label: str
    verdict: str
    truth: Truth
    status: Status
    sentences: Sequence[str]
    reasons: Sequence[Reason]
    steps: Sequence[Step]


def first_page(results: Sequence[Result], made_by: MadeBy | None = None) -> list[Short]:
    """One entry per model of one data set, the best first; none for results without verdicts.

    A control speaks in the entry of its model, and has one of its own only where it stands alone.
    """
    made_by, known = made_by or MadeBy(), truths(results)
    shown = without_controls(recorded.labels(results))
    found = {label: gather(results, label) for label in shown}
    page = [
        _short(results, label, each, known[label], made_by)
        for label, each in found.items() if each.runs
    ]  # fmt: skip
    return sorted(page, key=_rank)


def _rank(short: Short) -> tuple[int, float]:
    mcc = short.truth.mcc
    return BEST_FIRST.index((short.verdict, short.truth.says)), -(mcc.estimate if mcc else 0.0)


def _short(
    results: Sequence[Result], label: str, evidence: Evidence, known: Truth, made_by: MadeBy
) -> Short:
    verdict = of_runs.verdict_of(evidence)
    found = [_usable(evidence), *_agreement(evidence), *_groups(evidence)]
    found += [described(evidence.gate)] if evidence.gate else []
    against = [*evidence.objections, *_together(evidence)]
    reasons = [*against, *_of_runs(evidence)]
    status, case = _status(verdict, known), case_of(results, label, made_by)
    open_truth = {truth.OPEN: ["open"], truth.MISSED: ["missed"]}.get(known.says, [])
    codes = [reason.code for reason in reasons if not reason.code.endswith("_ok")]
    codes = ["prior"] if "prior" in codes else codes  # nothing else helps such a model
    if verdict == SUPPORTED:
        codes = open_truth or (["no_controls"] if not evidence.controls else ["done"])
    steps = list(dict.fromkeys(step_for(code, case) for code in codes[:MOST_REASONS]))
    found = [*linear_unmixings(results, label), *found, *linear_step(results, label)]
    sentences = [*found, *_control(label, evidence.controls)]
    return Short(label, verdict, known, status, sentences, reasons[:MOST_REASONS], steps)


def _status(verdict: str, known: Truth) -> Status:
    status = STATUS[verdict, known.says]
    mcc = f"MCC {short(known.mcc)}" if known.mcc else ""
    return status._replace(sentence=status.sentence.format(mcc=mcc, missed=known.in_the_way))


def _usable(evidence: Evidence) -> str:
    verdicts = Counter(run.verdict for run in evidence.runs)
    others = ", ".join(f"{n} {name}" for name, n in verdicts.most_common() if name != USABLE)
    text = f"{verdicts[USABLE]} of {len(evidence.runs)} runs are usable"
    return f"{text} ({others})." if others else f"{text}."


def _agreement(evidence: Evidence) -> Iterator[str]:
    if evidence.agreement is not None:
        rotation = decimal(evidence.rotation_p95, 2)
        yield (
            f"Runs agree with each other at {short(evidence.agreement)} (1 is perfect, {rotation} "
            "is within reach of solutions that are rotations of each other)."
        )


def _groups(evidence: Evidence) -> Iterator[str]:
    split = [each for each in evidence.consensus if len(each.groups) > 1]
    if split:
        sizes = "; ".join(" + ".join(str(len(g)) for g in each.groups) for each in split)
        yield f"The runs found more than one solution: groups of {sizes} runs."
    stability = [[s for s in each.stability if s is not None] for each in evidence.consensus]
    if len(stability) == 1 and stability[0]:
        agreed = ", ".join(decimal(value, 2) for value in stability[0])
        yield f"Latents, the most informative first, found again in the other runs at {agreed}."
    vanished = max((sum(each.vanished) for each in evidence.consensus), default=0)
    if vanished:
        yield f"Up to {vanished} latents have vanished."


def _control(label: str, against: Sequence[Against]) -> Iterator[str]:
    if control_of(label):
        yield f"This is a negative control: {CONTROLS[control_of(label)]}."
        return
    if not against:
        yield f"No negative control was trained (--controls=all trains {len(CONTROLS)})."
        return
    beaten = all(each.beaten for each in against)
    verb = "beats" if beaten else "is not shown to beat all of"
    gains = "; ".join(_against(each) for each in against)
    few = all(not each.lost for each in against) and not beaten
    yield f"It {verb} its negative controls in log p(x|u) of held-out rows, nats per row: {gains}."
    if few:
        yield f"That takes {IN_WORDS} runs: fewer may all be better by chance."


def _against(against: Against) -> str:
    gain = decimal(against.gain, 2) if against.gains else "nothing"
    runs = f"{against.better} of {len(against.gains) + against.missing} runs"
    return f"{gain} above {against.control}, better in {runs}"


def _together(evidence: Evidence) -> Iterator[Reason]:
    """Reasons against all runs together."""
    names = " and ".join(each.control for each in evidence.controls if each.lost)
    if names:
        yield Reason("not_beaten", f"Trained on spoilt rows ({names}) the model explains held-out "
                     "rows as well.")  # fmt: skip
    if evidence.agreement is None:
        yield Reason("few_seeds", "Train three model seeds or more: that runs agree is half of the "
                     "evidence.")  # fmt: skip
    elif not evidence.agree:
        yield Reason("disagreement", "Runs that differ in their seed alone are not shown to agree "
                     "better than rotations of one solution would.")  # fmt: skip
    elif evidence.agree_in_part:
        yield Reason("disagreement", "Runs that differ in their seed alone agree better than "
                     "rotations of one solution would, but below "
                     f"{decimal(AGREED, 2)}.")  # fmt: skip


def _of_runs(evidence: Evidence) -> Iterator[Reason]:
    """Reasons of the side that prevails, each once, with the numbers of its first run."""
    usable = sum(run.verdict == USABLE for run in evidence.runs) >= len(evidence.runs) / 2
    by_code: dict[str, list[str]] = {}
    for run in evidence.runs:
        for reason in run.reasons if (run.verdict == USABLE) == usable else ():
            by_code.setdefault(reason.code, []).append(reason.text)
    for code, texts in sorted(by_code.items(), key=lambda item: -len(item[1])):
        yield Reason(code, f"{texts[0]} ({len(texts)} of {len(evidence.runs)} runs)")
