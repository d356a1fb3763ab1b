"""Times both sides on the same files and prints their ratios. Run by bench/run.

Ours runs as a whole process, decoding included; the Python side of `features` runs warm, without imports, because a
batch pays them once. CPU time is user + system of one thread; wall time where it says so.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / "target/release/violin-emotion"
PHRASES = ROOT.parent / "shared/data/violin/bach_violin_phrases"
REPEATS = 3
# Networks answer in f32, on different ways.
APART = 1e-5

sys.path.insert(0, str(Path(__file__).parent))
import python_stack  # noqa: E402


def child(command):
    """Wall seconds, CPU seconds and stdout of a process."""
    begin = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command}: exit {process.returncode}")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, output


def best(command, repeats=REPEATS):
    """The quickest of several runs: the others were disturbed."""
    return min((child(command) for _ in range(repeats)), key=lambda run: run[1])


def peak_mb(command):
    """Peak memory of a process. A small program has to start it: what this one holds would count as the child's."""
    command = ["/usr/bin/time", "-f", "%M", *(str(part) for part in command)]
    errors = subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr
    return int(errors.split()[-1]) / 1024


def cpu(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def figures(output):
    """`name seconds` lines of a bench binary."""
    return {line.split()[0]: float(line.split()[1]) for line in output.splitlines() if len(line.split()) == 2}


def bench(name, *arguments):
    """Output of one of our bench binaries."""
    command = ["cargo", "bench", "--quiet", "-p", "violin-emotion", "--bench", name, "--", *arguments]
    return figures(child(command)[2])


ROWS = []


def row(what, ours, theirs, unit="s"):
    ROWS.append((what, f"{ours:.4g} {unit}", f"{theirs:.4g} {unit}", f"{theirs / ours:.1f}×"))
    print(f"{what}: {ROWS[-1][3]}", file=sys.stderr)


def compare_features(recordings):
    python_stack.recording_features(recordings[0])  # imports and compiled caches are not what is compared
    theirs = cpu(lambda: [python_stack.recording_features(path) for path in recordings])
    command = [OURS, "features", *recordings, "--set", "classic", "--windowing", "notebook", "--jobs", "1"]
    _, ours, output = best(command)
    windows = len(output.splitlines()) - 1
    row(f"138 features, {windows} windows, one thread, CPU", ours, theirs)
    row("the same a window, CPU", 1000 * ours / windows, 1000 * theirs / windows, "ms")


def compare_features_with_copies(recordings):
    """Three recordings are enough: Python takes 20 s for each."""
    recordings = recordings[:3]
    python_stack.recording_features(recordings[0])
    theirs = cpu(lambda: [python_stack.features_with_copies(path) for path in recordings])
    command = [OURS, "features", *recordings, "--augment", "--set", "classic", "--windowing", "notebook", "--jobs", "1"]
    _, ours, output = best(command)
    windows = len(output.splitlines()) - 1
    row(f"138 features of {len(recordings)} recordings and four copies of each, {windows} windows, one thread, CPU", ours, theirs)


def compare_denoise(recordings):
    """Both sides without reading; `violin` is compared with what noisereduce does by default."""
    import librosa
    import numpy as np

    y = np.concatenate([librosa.load(path, sr=python_stack.SAMPLE_RATE)[0] for path in recordings])
    python_stack.denoise(y[: python_stack.SAMPLE_RATE], True)
    theirs = {"stationary": np.inf, "nonstationary": np.inf}
    ours = {}
    # Turn by turn, so that both sides meet the same disturbances.
    for _ in range(REPEATS):
        for name, seconds in bench("denoise", *recordings).items():
            ours[name] = min(seconds, ours.get(name, np.inf))
        for name in theirs:
            theirs[name] = min(theirs[name], cpu(lambda: python_stack.denoise(y, name == "stationary")))
    length = f"{len(y) / python_stack.SAMPLE_RATE:.0f} s, one thread, CPU"
    for name, seconds in ours.items():
        other = name if name in theirs else "nonstationary"
        row(f"noise reduction `{name}`, noisereduce `{other}`, {length}", seconds, theirs[other])


def compare_network():
    ours = bench("network")
    for threads, told in ((1, "Keras on one thread"), (2, "Keras on two")):
        theirs = figures(child([sys.executable, ROOT / "bench/keras_epoch.py", threads])[2])
        for windows in (8, 64):
            name = f"epoch_T{windows}"
            row(f"training epoch, T = {windows}, 360 sequences, wall; {told}", ours[name], theirs[name])


def compare_forest():
    ours = bench("forest")
    theirs = figures(child([sys.executable, ROOT / "bench/sklearn_forest.py"])[2])
    for name in theirs:
        row(f"forest, {name.replace('_', ' ')}", ours[name], theirs[name])


def compare_forest_shap(folder):
    """Both sides explain the same forest, which ours writes."""
    written = Path(folder) / "shap.json"
    ours = figures(child(["cargo", "bench", "--quiet", "-p", "violin-emotion", "--bench", "shap", "--", written])[2])
    theirs = figures(child([sys.executable, ROOT / "bench/python_shap.py", written])[2])
    for name, seconds in ours.items():
        row(f"SHAP values of the forest, {name.replace('_', ' ')}, one thread, CPU", seconds, theirs[name])
        apart(name, theirs)


# What Python's side can be told of: networks on one set of features, and forests.
EXPLAINED = """[features]
set = "violin"
[model]
weighting = "notebook"
restarts = 3
"""


def compare_explanation(demo, folder):
    """Both sides explain the same recording with the same model; ours is a whole process."""
    recording, model, settings = demo / "unseen.wav", Path(folder) / "explained", Path(folder) / "explained.toml"
    settings.write_text(EXPLAINED)
    corpus = ["--audio", demo / "recordings", "--labels", demo / "emotion_labels.csv", "--group-by", "performer"]
    child([OURS, "train", *corpus, "--config", settings, "--no-refit", "--out", model])
    features, explanation = Path(folder) / "features.npz", Path(folder) / "explanation.json"
    child([OURS, "features", recording, "--set", "violin", "--out", features])
    command = [OURS, "explain", recording, "--model", model, "--format", "json"]
    for threads, jobs in ("one", "1"), ("all", "0"):
        wall, cpu, output = best([*command, "--jobs", jobs], 2)
        explanation.write_text(output)
        python = [sys.executable, ROOT / "bench/python_explain.py", model, features, explanation, threads]
        theirs = figures(child(python)[2])
        name = next(name for name in theirs if not name.endswith("apart"))
        how = "one thread, CPU" if threads == "one" else "all threads, wall"
        ours = cpu if threads == "one" else wall
        row(f"exact Shapley values of the hybrid, {name.replace('_', ' ')}, {how}", ours, theirs[name])
        apart("explain", theirs)


def apart(name, theirs):
    """A comparison of speed counts only where both sides say the same."""
    largest = theirs[f"{name}_apart"]
    print(f"{name}: values at most {largest:.2g} apart", file=sys.stderr)
    if largest > APART:
        sys.exit(f"{name}: the values of both sides differ by {largest:.2g}")


def compare_prediction(recording, model, folder):
    python_stack.save_model(folder)
    one = [OURS, "predict", recording, "--model", model, "--format", "json"]
    python = [sys.executable, ROOT / "bench/python_stack.py", "predict", folder, recording]
    ours = best(one)
    theirs = best(python, 2)
    row("cold predict of one recording, wall", ours[0], theirs[0])
    asked = "import sys, violin_emotion; print(violin_emotion.EmotionModel.load(sys.argv[1]).predict(sys.argv[2]))"
    row("the same from Python: import, load, predict", best([sys.executable, "-c", asked, model, recording])[0], theirs[0])
    if os.path.exists("/usr/bin/time"):
        row("its peak memory", peak_mb(one), peak_mb(python), "MB")
    many = best([OURS, "predict", *[recording] * 21, "--model", model, "--format", "json", "--jobs", "1"])
    loaded = python_stack.load_model(folder)
    python_stack.predict(loaded, recording)
    begin = time.perf_counter()
    python_stack.predict(loaded, recording)
    row("warm predict, one thread, wall", (many[0] - ours[0]) / 20, time.perf_counter() - begin)


def machine():
    model = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags")).split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "SSE2"
    return f"{model[0]}, {len(model)} cores, {vectors}, {platform.system()}, Python {platform.python_version()}"


PARTS = ("features", "copies", "denoise", "network", "forest", "shap", "explanation", "prediction")


def main():
    parser = argparse.ArgumentParser(usage="bench/run [--only PART[,PART]] [RECORDING...]")
    parser.add_argument("--only", default=",".join(PARTS), help=f"rows to print: {', '.join(PARTS)}")
    parser.add_argument("recordings", nargs="*", type=Path)
    arguments = parser.parse_args()
    parts = arguments.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"expected {', '.join(PARTS)}, found {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        recordings = arguments.recordings or sorted(PHRASES.glob("*.wav"))
        if not recordings or {"explanation", "prediction"} & set(parts):
            child([OURS, "demo", "--out", demo])
        recordings = recordings or sorted((demo / "recordings").glob("*.wav"))[:12]
        work = {
            "features": lambda: compare_features(recordings),
            "copies": lambda: compare_features_with_copies(recordings),
            "denoise": lambda: compare_denoise(recordings),
            "network": compare_network,
            "forest": compare_forest,
            "shap": lambda: compare_forest_shap(folder),
            "explanation": lambda: compare_explanation(demo, folder),
            "prediction": lambda: compare_prediction(recordings[0], demo / "hybrid_model", folder),
        }
        for part in parts:
            work[part]()
    print(f"{machine()}; {len(recordings)} recordings\n")
    print("| work | ours | Python | ratio |\n|---|---|---|---|")
    for cells in ROWS:
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
