"""Words of programs for readers who call Python: flags become parameters."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ivaegan_jax.types import InputError

PARAMETERS = {
    "seeds": "n_seeds",
    "data_seeds": "random_state",
    "workdir": "workdir",
    "steps": "steps",
    "split": "split",
    "controls": "controls",
}
"""Flags that estimators have as parameters."""


def in_python(text: str) -> str:
    """The same with `--config.model.dim_z=3` and other flags as an estimator takes them."""
    text = re.sub(r"(?:--)?config\.(?:model|data)\.(dim_z|unlabelled|split)\b", _own, text)
    text = re.sub(r"\bunlabelled=(\w+)", r'unlabelled="\1"', text)
    text = re.sub(r"(?:--)?\bconfig\.([a-z]+\.\w+)=([\w.+-]*\w)", _setting, text)
    text = re.sub(r"(?:--)?\bconfig\.([a-z]+\.\w+)", r'"\1" in config', text)
    text = re.sub(r"--preset=(\w+)", lambda found: class_name(found[1]), text)
    text = re.sub(r"--x='!([^']*)'", r'`x = x[[c for c in x.columns if c != "\1"]]`', text)
    text = re.sub(r"Name them, as in --x=[^\s;]+", "Give these alone as x, u beside them", text)
    text = re.sub(r"--([ux])=([\w,:*]*\w)", r'\1="\2"', text)
    text = re.sub(r"give u:categorical", 'give u_kinds="categorical"', text)
    text = re.sub(
        r"give (\w+):categorical", r'give "\1:categorical", or u_kinds="categorical"', text
    )
    flags = "|".join(sorted(PARAMETERS, key=len, reverse=True))
    text = re.sub(rf"--({flags})=([\w:,]*\w)", _parameter, text)
    return re.sub(rf"--({flags})\b", lambda found: PARAMETERS[found[1]], text)


def class_name(preset: str) -> str:
    """What the estimator of a row of the table of models is called: `IVAEGAN` of `ivae_gan`."""
    return preset.replace("_", "").upper()


@contextmanager
def spoken_in_python() -> Iterator[None]:
    """Errors of what is done within speak of parameters, not of flags."""
    try:
        yield
    except InputError as error:
        raise type(error)(in_python(str(error))) from error


def _own(found: re.Match[str]) -> str:
    """A setting that has a parameter of its own."""
    return "n_latents" if found[1] == "dim_z" else found[1]


def _setting(found: re.Match[str]) -> str:
    return f'config={{"{found[1]}": {_value(found[2])}}}'


def _parameter(found: re.Match[str]) -> str:
    return f"{PARAMETERS[found[1]]}={_value(found[2])}"


def _value(text: str) -> str:
    return text if re.fullmatch(r"[\d.e+-]+", text) else f'"{text}"'
