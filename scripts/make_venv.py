"""Make the virtual environment and keep it as the lock says. Needs nothing but Python 3.11 or newer.

    python3 scripts/make_venv.py          what running Kith takes
    python3 scripts/make_venv.py --dev    and what testing it takes
    python3 scripts/make_venv.py --spark  and what sweeping with Spark takes
    python3 scripts/make_venv.py --bench  and the peers that the bench measures beside Kith

A stamp in the environment holds the fingerprint of what was installed, so that a second run has
nothing to do.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "kith-installed.json"
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "spark": ROOT / "requirements-spark.lock",
    "bench": ROOT / "requirements-bench.lock",
}


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"Kith needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    wanted = next((kind for kind in ("dev", "spark", "bench") if f"--{kind}" in arguments), "run")
    stamp = _read_stamp()
    usable = _has_python() and stamp.get("place", str(ROOT)) == str(ROOT)
    if usable and stamp.get(wanted) == _fingerprint(wanted):
        return 0
    try:
        if not usable:
            stamp = {}
            _make_venv()
        _install(wanted)
    except subprocess.CalledProcessError as error:
        print(f"\nThis did not work: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the next run goes on from here.", file=sys.stderr)
        return 130
    _write_stamp(wanted, stamp)
    return 0


def _fingerprint(name: str) -> str:
    import tomllib  # Python 3.11 has it; an older one has been turned away by now

    about = tomllib.loads((ROOT / "pyproject.toml").read_text())
    ours = json.dumps([about["build-system"], about["project"]])
    return hashlib.sha256(LOCKS[name].read_bytes() + ours.encode()).hexdigest()


def _read_stamp() -> dict[str, str]:
    """What is installed, and where the environment was made: one that was moved no longer works."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _has_python() -> bool:
    """Whether the environment is there and its Python, a link to the system's, still is."""
    asked = [str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return PYTHON.exists() and subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _write_stamp(wanted: str, before: dict[str, str]) -> None:
    """The environments for testing, Spark and the bench hold all that running takes, in the same versions.

    What was installed before and is not as its lock says now is seen by its fingerprint.
    """
    kinds = ("run",) if wanted == "run" else ("run", wanted)
    stamp = {kind: _fingerprint(kind) for kind in kinds}
    STAMP.write_text(json.dumps({**before, "place": str(ROOT), **stamp}))


def _make_venv() -> None:
    if VENV.is_dir() and not VENV.is_symlink():
        shutil.rmtree(VENV)
    print("Making a virtual environment in .venv")
    made = subprocess.run([sys.executable, "-m", "venv", VENV], check=False)
    if made.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"On Debian and Ubuntu this needs: apt-get install python{version}-venv", file=sys.stderr)
        made.check_returncode()


def _install(wanted: str) -> None:
    started = time.monotonic()
    print("Installing what Kith stands on, each package checked against its hash (once; a minute or two)")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    # What is never imported need not be compiled; what is, Python compiles when it is.
    locked = [*pip, "--no-compile", "--require-hashes"]
    if wanted == "spark":
        # PySpark is built here: by what the lock of `run` has installed, not by what is newest elsewhere.
        locked.append("--no-build-isolation")
    _run_pip([*locked, "-r", str(LOCKS[wanted])])
    own = ["--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    subprocess.run([*pip, *own], check=True)
    print(f"Installed in {time.monotonic() - started:.0f} s")


def _run_pip(command: list[str]) -> None:
    """Run pip and show how far it is; show all it said only when it fails."""
    said: list[str] = []
    found = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith("Collecting "):
                found += 1
                _show(f"  {found} packages found", last=False)
            elif line.startswith("Installing collected packages"):
                _show(f"  {found} packages found; unpacking them", last=True)
    if pip.returncode:
        print("".join(said), file=sys.stderr)
        raise subprocess.CalledProcessError(pip.returncode, command)


def _show(text: str, *, last: bool) -> None:
    if sys.stdout.isatty():
        print(f"\r{text}".ljust(60), end="\n" if last else "", flush=True)
    elif last:
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
