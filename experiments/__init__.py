"""Programs: train, compare, encode, report."""

import sys

if sys.platform == "win32":
    sys.exit("error: Linux and macOS are supported; on Windows use WSL, which is a Linux")

if sys.argv[:1] == ["-m"]:  # a program of this package will now import for seconds
    from ivaegan_jax.cli._stop import STOP

    STOP.listen(grace=0.0)
