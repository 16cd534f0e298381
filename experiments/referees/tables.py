"""How good the referee is as a detector of latents whose MCC with the truth is above .9."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from experiments.referees.sets import NULL, Judgement, of_half
from ivaegan_jax import report
from ivaegan_jax.metrics import Interval, success_rate
from ivaegan_jax.report.render import cell

GOOD = 0.9
"""True MCC above which latents are to be called supported."""

SUPPORTED = "supported"


def auroc(score: Float[np.ndarray, " sets"], good: Bool[np.ndarray, " sets"]) -> float:
    """Chance that a good set scores higher than another one; ties count half.

    Examples:
      >>> auroc(np.array([0.1, 0.9, 0.9]), np.array([False, True, False]))
      0.75
    """
    apart = score[good][:, None] - score[~good]
    return float((apart > 0).mean() + (apart == 0).mean() / 2)


def threshold(score: Float[np.ndarray, " sets"], good: Bool[np.ndarray, " sets"]) -> float:
    """The score from which on most good sets and fewest others lie (Youden's index)."""
    known = np.unique(score)
    gain = [(score[good] >= at).mean() - (score[~good] >= at).mean() for at in known]
    return float(known[int(np.argmax(gain))])


def arrays(found: Sequence[Judgement]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, whether latents are good, and whether the verdict was supported.

    Sets of which fewer than two runs are left have no score, and rank last.
    """
    return (
        np.nan_to_num([each.score for each in found]),
        np.array([each.true > GOOD for each in found]),
        np.array([each.verdict == SUPPORTED for each in found]),
    )


def tables_of(found: Sequence[Judgement]) -> dict[str, report.Table]:
    """As a detector, by method, trained methods by data set where there are some, by null."""
    some = any(each.case.trained for each in found)
    trained = {"trained": _trained(found)} if some else {}
    first = {"detector": _detector(found), "methods": _methods(found)}
    return first | trained | {"nulls": _nulls(found)}


def _detector(found: Sequence[Judgement]) -> report.Table:
    chosen, shown = (list(of_half(found, half)) for half in (False, True))
    at = threshold(*arrays(chosen)[:2])
    records: list[dict[str, Any]] = []
    for name, half in (("odd data seeds, on which it was chosen", chosen), ("even ones", shown)):
        score, good, supported = arrays(half)
        records += [
            _record(f"score from {at:.3f} on, {name}", score >= at, good, auroc(score, good)),
            _record(f"verdict, {name}", supported, good),
        ]
    columns = {"what": "called supported", "sets": "sets", "auroc": "AUROC",
               "found": "of MCC above .9", "alarms": "of others"}  # fmt: skip
    return report.Table("The referee as a detector", columns, records, notes=(
        "Sets: three runs of one method on one draw of a benchmark. Brackets: Wilson's 95 % "
        "interval, sets taken as independent.",))  # fmt: skip


def _record(
    what: str, called: np.ndarray, good: np.ndarray, area: float | None = None
) -> dict[str, Any]:
    return {"what": what, "sets": len(good), "auroc": area, "found": share(called[good]),
            "alarms": share(called[~good])}  # fmt: skip


def share(happened: Bool[np.ndarray, " sets"]) -> Interval | None:
    """A share with its interval; None of nothing."""
    return success_rate(happened) if len(happened) else None


def _methods(found: Sequence[Judgement]) -> report.Table:
    own = [each for each in found if each.case.data != NULL]
    records = []
    for name in dict.fromkeys(each.case.name for each in own):
        of_name = [each for each in own if each.case.name == name]
        supported = np.array([each.verdict == SUPPORTED for each in of_name])
        true = np.array([each.true for each in of_name])
        records.append({"what": name, "sets": len(of_name), "true": float(true.mean()),
                        "good": float((true > GOOD).mean()), "rate": share(supported)})  # fmt: skip
    columns = {"what": "method", "sets": "sets", "true": "mean true MCC",
               "good": "share above .9", "rate": "called supported"}  # fmt: skip
    return report.Table("By method", columns, records)


def _trained(found: Sequence[Judgement]) -> report.Table:
    own = [each for each in found if each.case.trained]
    names = dict.fromkeys(each.case.data for each in own)
    records = []
    for method in dict.fromkeys(each.case.name for each in own):
        of_method = [each for each in own if each.case.name == method]
        cells = {data: _in_short([each for each in of_method if each.case.data == data])
                 for data in names}  # fmt: skip
        records.append({"what": method, **cells})
    columns = {"what": "method", **{data: data for data in names}}
    return report.Table("Trained methods by data set", columns, records, notes=(
        "Mean true MCC on held-out rows; in brackets how many sets were called supported, of how "
        "many. The method that is trained with the true sources shows what the rows allow.",
    ))  # fmt: skip


def _in_short(found: Sequence[Judgement]) -> str:
    supported = sum(each.verdict == SUPPORTED for each in found)
    mean = np.mean([each.true for each in found]) if found else np.nan
    return f"{cell(float(mean))} ({supported} of {len(found)})"


def _nulls(found: Sequence[Judgement]) -> report.Table:
    nulls = [each for each in found if each.case.data == NULL]
    records = [_of_null(name, [each for each in nulls if each.case.name == name])
               for name in dict.fromkeys(each.case.name for each in nulls)]  # fmt: skip
    records.append(_of_null("all of them", nulls))
    columns = {"what": "null", "sets": "sets", "rate": "called supported", "why": "reasons"}
    return report.Table("False alarms", columns, records)


def _of_null(name: str, found: Sequence[Judgement]) -> dict[str, Any]:
    supported = np.array([each.verdict == SUPPORTED for each in found])
    codes = [code for each in found for code in each.codes]
    why = ", ".join(f"{code} {codes.count(code)}" for code in dict.fromkeys(codes))
    return {"what": name, "sets": len(found), "rate": share(supported), "why": why}
