"""The command that made results, and commands like it: with other flags, or for another program."""

import re
import shlex
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from ivaegan_jax.studies import model_of

TRAINING = frozenset(
    {"presets", "preset", "seeds", "steps", "controls", "runs_at_once", "batch_devices"}
    | {"grid", "draw", "draws", "draw_seed", "distributed", "cpu_devices"}
)
"""Flags of programs that train, which `doctor` does not have, or has a meaning of its own for."""

SWEEPING = frozenset({"preset", "grid", "draw", "draws", "draw_seed"})
"""Flags of `sweep` and `train` that name models."""


class MadeBy(NamedTuple):
    """What made a run directory.

    Attributes:
      command: as the manifest has it; empty where there is none.
      path: of the run directory, as it was named.
      config: what `config.json` holds.
    """

    command: str = ""
    path: str = ""
    config: Mapping[str, Any] = {}

    def setting(self, part: str, name: str, default: Any) -> Any:
        """A setting of the study."""
        return self.config.get("config", {}).get(part, {}).get(name, default)

    def again(self, label: str, flags: Mapping[str, Any], name: str) -> str:
        """The command for one model, with these flags, in a run directory beside this one."""
        program, words = self._words({*flags, "presets", *SWEEPING})
        if program.rpartition(".")[2].split()[-1:] not in (["train"], ["compare"], ["sweep"]):
            return ""
        program = re.sub(r"\b(train|sweep)$", "compare", program)
        given = [f"--presets={model_of(label)}", *(f"--{k}={v}" for k, v in flags.items())]
        beside = re.sub(r"[^\w.=+-]+", "-", f"{label}-{name}")  # each model has one of its own
        own = re.sub(r"/sessions/\d+$", "", self.path)  # one session is not trained again alone
        given += [f"--workdir={own}-{beside}"] if own else []
        return f"{program} {shlex.join([*words, *given])}"

    def doctor(self, label: str) -> str:
        """The command that examines the same data for one model."""
        program, words = self._words(TRAINING)
        if not program:
            return ""
        program = re.sub(r"\w+$", "doctor", program)
        preset = re.split(r"[\[+]", label, maxsplit=1)[0]
        return f"{program} {shlex.join([*words, f'--preset={preset}'])}"

    def encode(self, label: str) -> str:
        """The command that writes the latents of the study's own data by one model."""
        program, _ = self._words(())
        if not program or not self.path:
            return ""
        seed = next(iter(self.config.get("data_seeds", ())), 1)
        flags = {"workdir": self.path, "preset": label, "data": self.config.get("data", ""),
                 "data_seed": seed, "out": f"{self.path}/latents.npz"}  # fmt: skip
        given = shlex.join(f"--{name}={value}" for name, value in flags.items())
        return f"{re.sub(r'[a-z_]+$', 'encode', program)} {given}"

    def _words(self, less: Collection[str]) -> tuple[str, list[str]]:
        """The program, and its arguments without some flags."""
        found = re.match(r"(python -m [\w.]+|ivaegan \w+)(?: |$)", self.command)
        if not found:
            return "", []
        kept, skipping = [], False
        for word in shlex.split(self.command[found.end() :]):
            if word.startswith("-"):
                name, equals, _ = word.lstrip("-").partition("=")
                dropped = name in less
                skipping = dropped and not equals
                kept += [] if dropped else [word]
            elif skipping:
                skipping = False
            else:
                kept.append(word)
        return found[1], kept
