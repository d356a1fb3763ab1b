"""The examples, each started on a cluster of two workers on this machine."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"
WORKERS = 2


def start_ray(listed, model, out, folder):
    command = [sys.executable, EXAMPLES / "ray_batch.py", listed, "--model", model, "--out", out, "--workers", WORKERS]
    # A cluster of its own, with a secret of its own, that tells nobody of its use.
    own = {"RAY_ADDRESS": "local", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    return start(command, folder, own | {"RAY_TMPDIR": folder, "RAY_USAGE_STATS_ENABLED": "0"})


def start_spark(listed, model, out, folder):
    bin = Path(sys.executable).parent
    # Two workers of one core and 1,024 MiB, each a process of Java with a process of Python.
    master = ["--master", f"local-cluster[{WORKERS},1,1024]", "--conf", "spark.ui.enabled=false"]
    command = [bin / "spark-submit", *master, EXAMPLES / "spark_batch.py", listed, "--model", model, "--out", out]
    own = {"PATH": f"{bin}:{os.environ['PATH']}", "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    return start(command, folder, own | {"SPARK_LOCAL_DIRS": folder, "SPARK_WORKER_DIR": folder})


def start(command, folder, environment):
    """What it says goes to `said.txt`."""
    environment = {name: str(value) for name, value in environment.items()}
    with open(folder / "said.txt", "wb") as said:
        return subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=os.environ | environment, stdout=said, stderr=said
        )


def finish(cluster, folder):
    """Waits for its end, which must be a good one."""
    if cluster.wait() != 0:
        raise AssertionError(f"the run failed:\n{(folder / 'said.txt').read_text(errors='replace')[-4000:]}")


CLUSTERS = {"Ray": start_ray, "Spark": start_spark}
