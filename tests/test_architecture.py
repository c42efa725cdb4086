"""The layout keeps its promises: imports go down the floors, in no circle, and `import tinygrad_vn` is light."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOORS = [
    {"errors", "language", "modes", "notebook", "phrases", "sparse", "chance"},
    {"rules"},
    {"dtypes", "graph", "diagnosis"},
    {"backprop", "dispatch"},
    {
        "recording",
        "operators",
        "methods",
        "idioms",
        "generator",
        "passes",
        "tensor",
        "sparse_gradient",
        "creation",
        "anomaly",
    },
    {"derivatives", "functions", "tracing"},
    {"nn", "optim"},
    {"lecture"},
    {"data", "plot", "checkpoint"},
    {"training"},
    {"checking"},
    {"testing"},
    {"models"},
    {"cli"},
    {"__init__", "__main__"},
]
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
OPTIONAL = {
    "graphviz",
    "hypothesis",
    "matplotlib",
    "pooch",
    "pygraphviz",
    "pypdf",
    "pytest",
    "requests",
    "safetensors",
    "sklearn",
    "tqdm",
}


def modules() -> dict[str, Path]:
    """Dotted name -> file, `models/` under its installed name."""
    found = {}
    for folder, prefix in ((ROOT / "tinygrad_vn", "tinygrad_vn"), (ROOT / "models", "tinygrad_vn.models")):
        for path in folder.rglob("*.py"):
            parts = [prefix, *path.relative_to(folder).with_suffix("").parts]
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


def imports_of(path: Path) -> set[str]:
    """The modules of ours that a file imports when it runs, by dotted name."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else str(node.module))
    return {name for name in found if name in MODULES}


def room(module: str) -> str:
    """The top-level file or folder that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def test_every_room_has_a_floor() -> None:
    assert {room(module) for module in MODULES} == set(FLOOR)


def test_imports_only_go_down() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, path in MODULES.items()
        for other in imports_of(path)
        if room(other) != room(module) and other != "tinygrad_vn" and FLOOR[room(other)] > FLOOR[room(module)]
    ]
    assert wrong == []


def test_only_the_top_floors_import_the_whole_package() -> None:
    users = {room(module) for module, path in MODULES.items() if "tinygrad_vn" in imports_of(path)}
    assert users <= {"cli", "models", "__main__"}


def test_there_are_no_circles() -> None:
    list(TopologicalSorter({module: imports_of(path) for module, path in MODULES.items()}).static_order())


def test_importing_the_package_imports_numpy_and_nothing_else() -> None:
    program = "import sys, numpy; before = set(sys.modules); import tinygrad_vn; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    tops = {name.split(".")[0] for name in done.stdout.split()}
    assert tops - set(sys.stdlib_module_names) - {"numpy"} == {"tinygrad_vn"}


def test_only_optional_libraries_are_imported_inside_functions() -> None:
    for path in MODULES.values():
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    assert {alias.name.split(".")[0] for alias in node.names} <= OPTIONAL, path
                elif isinstance(node, ast.ImportFrom):
                    assert str(node.module).split(".")[0] in OPTIONAL, path
