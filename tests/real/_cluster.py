"""A private Slurm cluster: controller and two nodes on this machine, without cgroups.

Everything lives in namespaces of its own, with its own hosts file and a folder that is removed:
all processes end with the program that started them, and the machine's own Slurm, if it has one,
is neither read nor reached.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import gethostname
from tempfile import TemporaryDirectory

CONFIG = """ClusterName=real
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=5
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
KillWait=15
MinJobAge=3600
ReturnToService=2
MpiDefault=none
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
NodeName=n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[17001-17002] CPUs={cpus} State=UNKNOWN
PartitionName=low Nodes=ALL Default=YES PriorityTier=1 PreemptMode=REQUEUE State=UP
PartitionName=high Nodes=ALL PriorityTier=2 PreemptMode=OFF State=UP
"""

COMMANDS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "scancel", "sinfo")


def alone(module: str, argv: Sequence[str]) -> int:
    """Runs a program of this folder in namespaces of its own; returns its exit status."""
    missing = [name for name in COMMANDS if not shutil.which(name)]
    if missing or os.geteuid():
        print(f"error: needs root and slurm-wlm with munge; not here: {missing}", file=sys.stderr)
        return 2
    hosts = f"127.0.0.1 localhost {gethostname()} n1 n2"
    with TemporaryDirectory() as folder:
        Path(folder, "hosts").write_text(f"{hosts}\n")
        # bash is the first process of its namespace, and buries the orphans of all others
        inside = f'mount --bind {folder}/hosts /etc/hosts && "$@"; exit $?'
        spaces = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
        again = (sys.executable, "-m", module, "inside", *argv)
        return subprocess.run(["unshare", *spaces, "bash", "-c", inside, "bash", *again]).returncode


@contextmanager
def cluster() -> Iterator[Path]:
    """Starts the daemons; gives the cluster's folder once both nodes are idle."""
    with TemporaryDirectory(prefix="slurm-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "state").mkdir()
        cpus = os.cpu_count() or 1
        config = CONFIG.format(host=gethostname(), folder=folder, cpus=cpus)
        (folder / "slurm.conf").write_text(config)
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
        daemons = [_munged(folder)]
        daemons += [_daemon(folder, *words) for words in (
            ("slurmctld", "-D", "-i"), ("slurmd", "-D", "-N", "n1"), ("slurmd", "-D", "-N", "n2"),
        )]  # fmt: skip
        try:
            until(lambda: idle() == 2, 60, lambda: _logs(folder))
            yield folder
        finally:
            for daemon in reversed(daemons):
                daemon.terminate()
                daemon.wait()


def idle() -> int:
    """Nodes that wait for work."""
    words = ["sinfo", "--Node", "--noheader", "--format=%N", "--states=idle", "--partition=low"]
    return len(subprocess.run(words, capture_output=True, text=True).stdout.split())


def until(condition, seconds: float, told=lambda: "") -> None:
    """Waits for a condition.

    Raises:
      TimeoutError: where it does not come in time, with what `told()` says.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not after {seconds} s: {told()}")
        time.sleep(0.5)


def _munged(folder: Path) -> subprocess.Popen:
    private = folder / "munge"
    private.mkdir(mode=0o700)
    (private / "key").write_bytes(os.urandom(1024))
    (private / "key").chmod(0o600)
    files = {"key": "key", "pid": "pid", "log": "log", "seed": "seed"}
    places = [f"--{what}-file={private / name}" for what, name in files.items()]
    socket = folder / "munge.socket"
    daemon = _daemon(folder, "munged", "--foreground", f"--socket={socket}", *places)
    until(socket.exists, 20, lambda: _logs(folder))
    return daemon


def _daemon(folder: Path, *words: str) -> subprocess.Popen:
    with (folder / f"{'-'.join(words[:1] + words[-1:]).replace('/', '_')}.out").open("w") as out:
        return subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)


def _logs(folder: Path) -> str:
    files = [*folder.glob("*.out"), *folder.glob("*.log"), *folder.glob("munge/*log")]
    return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in files)
