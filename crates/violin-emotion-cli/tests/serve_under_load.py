"""`serve` asked fifty times at once, then a thousand times in a row, one in ten with what is no recording: all are answered, and its
memory does not grow. Linux alone; a minute or two. Needs a program and a model:

    python3 serve_under_load.py target/release/violin-emotion hybrid_model"""

import http.client
import io
import json
import math
import struct
import subprocess
import sys
import threading
import wave

# Memory after a hundred and after a thousand may differ by what an allocator keeps for itself, kB.
KEPT_KB = 32_000


def tone(seconds, hz):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        samples = (int(9_000 * math.sin(math.tau * hz * at / 44_100)) for at in range(int(44_100 * seconds)))
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def main():
    program, model = sys.argv[1:]
    server = subprocess.Popen([program, "serve", "--port", "0", "--model", model], stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])

    def memory():
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def row(name, body):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("POST", f"/recordings/{name}", body, {"Origin": f"http://127.0.0.1:{port}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        return json.loads(answer.read().splitlines()[-1])["row"]

    long, short = tone(6, 440), tone(1, 660)
    answered = []
    threads = [threading.Thread(target=lambda at=at: answered.append(row(f"{at}.wav", long))) for at in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == 50 and all(one["page"] for one in answered)
    print(f"50 at once: all answered, {memory()} kB")
    seen = {}
    for at in range(1, 1_001):
        is_sound = at % 10 != 0
        one = row(f"{at}.wav", short if is_sound else b"no sound")
        assert bool(one["page"]) == is_sound, one
        if at in (100, 1_000):
            seen[at] = memory()
            print(f"{at} in a row: all answered, {seen[at]} kB")
    assert seen[1_000] <= seen[100] + KEPT_KB, seen
    server.terminate()
    assert server.wait(timeout=30) == 0


if __name__ == "__main__":
    main()
