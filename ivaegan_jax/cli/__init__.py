"""The programs that users call, each a module with `define_flags` and `main`; `ivaegan` runs them.

Belongs here: flags, terminals, exit statuses, and the words printed. Modules with an underscore
are what the programs share. Does not: anything that another Python program would want to call.
"""

import sys

if sys.platform == "win32":
    sys.exit("error: Linux and macOS are supported; on Windows use WSL, which is a Linux")
