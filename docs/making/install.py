"""Install everything from the folder `wheels` beside this file, without a network: `python install.py`.

Cài mọi thứ từ thư mục `wheels` bên cạnh tệp này, không cần mạng: `python install.py`. Cần Python 3.11 trở lên.
"""

import importlib.util
import subprocess
import sys
import venv
from pathlib import Path

WANTED = ("tinygrad-vn",)
HERE = Path(__file__).resolve().parent


def main() -> int:
    """Make the environment .venv beside this file, and install."""
    if sys.version_info < (3, 11):  # noqa: UP036  # who runs this has not installed anything yet
        print("Python >= 3.11, please. / Cần Python 3.11 trở lên.", file=sys.stderr)
        return 1
    if importlib.util.find_spec("ensurepip") is None:  # Debian and Ubuntu keep it in a package of its own
        print("Python lacks venv. / Python thiếu venv: sudo apt install python3-venv", file=sys.stderr)
        return 1
    venv.create(HERE / ".venv", with_pip=True, clear=True)
    programs = HERE / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--no-index", "--find-links", str(HERE / "wheels"), *WANTED])
    if done.returncode:
        print("The wheels do not fit this Python or this system. / Các wheel không hợp với máy này.", file=sys.stderr)
        return 1
    print("Ready. / Xong.")
    print(f"  {programs / 'tinygrad-vn'} demo")
    print(f"  {programs / 'jupyter'} lab notebooks")
    print(f"  {HERE / 'book' / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
