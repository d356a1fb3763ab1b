#!/usr/bin/env python3
"""Kills `predict --shard` at random moments, twenty times, and compares what comes of it with undisturbed runs, byte by byte.

Run it with the program's path: `killed_parts_go_on.py target/release/violin-emotion [SEED]`. It takes some minutes, and is not part of ./check.
"""

import pathlib
import random
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

KILLS = 20
SHARDS = 2


def main(program: pathlib.Path, seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)

        def run(*arguments: str) -> subprocess.CompletedProcess:
            return subprocess.run([program, *arguments], cwd=here, capture_output=True, text=True)

        def must(*arguments: str, code: int = 0) -> str:
            done = run(*arguments)
            assert done.returncode == code, (arguments, done.returncode, done.stderr)
            return done.stderr

        must("render", "--n", "60", "--duration", "3", "--out", "in")
        takes = sorted((here / "in").rglob("*.wav"))
        assert len(takes) == 60
        takes[3].write_bytes(b"")
        takes[20].write_bytes(takes[20].read_bytes()[:700])
        takes[41].write_text("text")
        with tarfile.open(here / "in/more.tar", "w") as archive:
            for take in takes[5:10]:
                archive.add(take, f"set/{take.name}")

        asked = ["predict", "in", "--model", "built-in", "--timeline"]
        must(*asked, "--format", "parquet", "--out", "whole.parquet", code=1)

        def shard(number: int, out: str) -> list[str]:
            return [*asked, "--shard", f"{number}/{SHARDS}", "--out", out]

        begun = time.monotonic()
        for number in range(1, SHARDS + 1):
            must(*shard(number, f"undisturbed-{number}.parquet"), code=1)
        each_s = (time.monotonic() - begun) / SHARDS
        print(f"{each_s:.1f} s a part")

        killed = {number: 0 for number in range(1, SHARDS + 1)}
        kept = []
        while sum(killed.values()) < KILLS:
            number = 1 + sum(killed.values()) % SHARDS
            out = f"part-{number}.parquet"
            process = subprocess.Popen(
                [program, *shard(number, out)], cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(chance.uniform(0, each_s / 4))
            process.send_signal(signal.SIGKILL)
            if process.wait() == -signal.SIGKILL:
                killed[number] += 1
            kept.append(sum(1 for _ in (here / f"{out}.unfinished").glob("*.safetensors")))
            assert not (here / out).exists() or (here / out).read_bytes() == (here / f"undisturbed-{number}.parquet").read_bytes()
            if (here / out).exists():
                # Whole before its kills were spent: once more from the beginning.
                (here / out).unlink()
        print(f"{sum(killed.values())} kills; recordings kept after each: {kept}")

        for number in range(1, SHARDS + 1):
            must(*shard(number, f"part-{number}.parquet"), code=1)
            same = (here / f"part-{number}.parquet").read_bytes() == (here / f"undisturbed-{number}.parquet").read_bytes()
            assert same, f"part {number} differs"
        whole = (here / "whole.parquet").read_bytes()
        for parts in (["part-1.parquet", "part-2.parquet"], ["part-2.parquet", "part-1.parquet"]):
            must("merge", *parts, "--out", "all.parquet")
            assert (here / "all.parquet").read_bytes() == whole, "the merged file differs"
        left = sorted(path.name for path in here.iterdir())
        expected = ["all", "part-1", "part-2", "undisturbed-1", "undisturbed-2", "whole"]
        assert left == sorted(["in", *(f"{name}.parquet" for name in expected)]), left
        print(f"merged {len(whole)} bytes, equal to the undisturbed and the whole run; nothing else is left")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
