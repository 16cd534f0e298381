"""Ways in which a checkpoint folder can be damaged on disk."""

import shutil


def truncate(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"?" * path.stat().st_size)


def empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()
