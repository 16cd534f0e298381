"""For a reader in a hurry: was anything identified, how sure is that, and why; per model."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ivaegan_jax.evaluation import USABLE, Result
from ivaegan_jax.report import recorded
from ivaegan_jax.report.controls import IN_WORDS, Against, without_controls
from ivaegan_jax.report.dependent import described
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.evidence import Evidence, gather, verdict_of
from ivaegan_jax.report.legend import CONTROLS
from ivaegan_jax.report.render import decimal
from ivaegan_jax.report.wording import short
from ivaegan_jax.studies import control_of

MOST_REASONS = 3


class Short(NamedTuple):
    """What the first page says of one model."""

    label: str
    verdict: str
    sentences: Sequence[str]
    reasons: Sequence[str]


def first_page(results: Sequence[Result]) -> list[Short]:
    """One entry per model of one data set; none for results without verdicts, as older ones are.

    A control speaks in the entry of its model, and has one of its own only where it stands alone.
    """
    shown = without_controls(recorded.labels(results))
    found = {label: gather(results, label) for label in shown}
    return [_short(results, label, each) for label, each in found.items() if each.runs]


def _short(results: Sequence[Result], label: str, evidence: Evidence) -> Short:
    found = [_usable(evidence), *_agreement(evidence), *_groups(evidence)]
    found += [described(evidence.gate)] if evidence.gate else []
    beside = [*_truth(results, label), *_control(label, evidence.controls)]
    against = [*evidence.objections, *_not_beaten(evidence), *_disagreement(evidence)]
    reasons = [*against, *_reasons(evidence)][:MOST_REASONS]
    return Short(label, verdict_of(evidence), [*found, *beside], reasons)


def _usable(evidence: Evidence) -> str:
    verdicts = Counter(run.verdict for run in evidence.runs)
    others = ", ".join(f"{n} {name}" for name, n in verdicts.most_common() if name != USABLE)
    text = f"{verdicts[USABLE]} of {len(evidence.runs)} runs are usable"
    return f"{text} ({others})." if others else f"{text}."


def _agreement(evidence: Evidence) -> Iterator[str]:
    if evidence.agreement is None:
        yield "Train three model seeds or more: that runs agree is half of the evidence."
        return
    rotation = decimal(evidence.rotation_p95, 2)
    text = (
        f"Runs agree with each other at {short(evidence.agreement)} (1 is perfect, {rotation} is "
    )
    yield text + "within reach of solutions that are rotations of each other)."


def _groups(evidence: Evidence) -> Iterator[str]:
    split = [row for row in evidence.consensus if len(row.groups) > 1]
    if split:
        sizes = "; ".join(" + ".join(str(len(g)) for g in row.groups) for row in split)
        yield f"The runs found more than one solution: groups of {sizes} runs."
    stability = [[s for s in row.stability if s is not None] for row in evidence.consensus]
    if len(stability) == 1 and stability[0]:
        told = ", ".join(decimal(value, 2) for value in stability[0])
        yield f"Latents, the most informative first, found again in the other runs at {told}."
    vanished = max((sum(row.vanished) for row in evidence.consensus), default=0)
    if vanished:
        yield f"Up to {vanished} latents have vanished."


def _truth(results: Sequence[Result], label: str) -> Iterator[str]:
    mcc = interval(results, "mcc", label)
    if mcc is not None:
        yield f"The verdict did not see the true sources; compared with them, MCC is {short(mcc)}."


def _control(label: str, against: Sequence[Against]) -> Iterator[str]:
    if control_of(label):
        told = CONTROLS[control_of(label)]
        yield f"This is a negative control: {told}."
        return
    if not against:
        yield f"No negative control was trained (--controls=all trains {len(CONTROLS)})."
        return
    beaten = all(each.beaten for each in against)
    verb = "beats" if beaten else "is not shown to beat all of"
    told = "; ".join(_against(each) for each in against)
    few = all(not each.lost for each in against) and not beaten
    yield f"It {verb} its negative controls in log p(x|u) of held-out rows, nats per row: {told}."
    if few:
        yield f"That takes {IN_WORDS} runs: fewer may all be better by chance."


def _against(against: Against) -> str:
    gain = decimal(against.gain, 2) if against.gains else "nothing"
    runs = f"{against.better} of {len(against.gains) + against.missing} runs"
    return f"{gain} above {against.control}, better in {runs}"


def _disagreement(evidence: Evidence) -> list[str]:
    if evidence.agreement is None or evidence.agree:
        return []
    return ["Runs that differ in their seed alone are not shown to agree better than "
            "rotations of one solution would."]  # fmt: skip


def _not_beaten(evidence: Evidence) -> list[str]:
    names = " and ".join(each.control for each in evidence.controls if each.lost)
    if not names:
        return []
    return [f"Trained on spoilt rows ({names}) the model explains held-out rows as well."]


def _reasons(evidence: Evidence) -> Iterator[str]:
    usable = sum(run.verdict == USABLE for run in evidence.runs) >= len(evidence.runs) / 2
    # of the side that prevails; a reason is told once, with the numbers of its first run
    runs = [run for run in evidence.runs if (run.verdict == USABLE) == usable]
    told: dict[str, list[str]] = {}
    for run in runs:
        for reason in run.reasons:
            told.setdefault(reason.code, []).append(reason.text)
    for texts in sorted(told.values(), key=lambda each: -len(each)):
        yield f"{texts[0]} ({len(texts)} of {len(evidence.runs)} runs)"
