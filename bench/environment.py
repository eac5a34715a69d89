"""Makes the virtual environment of the bench from its lock file.

    python -m bench.environment var/bench/venv

Needs nothing but Python. Should a package not install here (no wheel for this system), the others
still do, and the engine that needed it is missing from the tables.
"""

import hashlib
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).with_name("requirements.lock")


def main(folder: Path) -> None:
    """Make the environment unless it is there and of this lock file."""
    stamp = folder / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    sys.stderr.write(f"Installing what the benchmark needs into {folder} …\n")
    venv.create(folder, with_pip=True, clear=True)
    if _install(folder, LOCK):
        stamp.write_text(wanted, encoding="ascii")
    else:  # without a stamp, so that the next run tries again
        _install_one_by_one(folder)


def split_lock(text: str) -> list[str]:
    r"""Split a lock file into its packages, each with its hashes.

    >>> split_lock("# made by uv\na==1 \\\n    --hash=x\n    # via b\nb==2 \\\n    --hash=y\n")
    ['a==1 \\\n    --hash=x\n    # via b\n', 'b==2 \\\n    --hash=y\n']
    """
    return [part for part in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:] if part]


def _install(folder: Path, lock: Path, *options: str) -> bool:
    pip = [str(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    command = [*pip, "install", "--require-hashes", "--only-binary", ":all:", *options]
    return subprocess.run([*command, "-r", str(lock)], check=False).returncode == 0


def _install_one_by_one(folder: Path) -> None:
    one = folder / "one.lock"
    for package in split_lock(LOCK.read_text(encoding="utf-8")):
        one.write_text(package, encoding="utf-8")
        if not _install(folder, one, "--no-deps"):
            sys.stderr.write(f"not installed: {package.split()[0]}\n")
    one.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
