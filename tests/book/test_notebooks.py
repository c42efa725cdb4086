"""The examples run as notebooks: the same cells, one after the other, in a fresh kernel."""

import pytest

from docs.making.notebooks import ROOT, notebook, write

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: pip install nbclient")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install nbclient ipykernel")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install ipykernel")

QUICK = ("ch01_descent", "ch06_matrices", "ch10_report_4x5")


def test_every_example_is_a_valid_notebook(tmp_path):
    made = write(tmp_path)
    assert len(made) >= 12
    assert (tmp_path / "lesson.py").is_file()
    for path in made:
        read = nbformat.read(path, as_version=4)
        nbformat.validate(read)
        assert [cell.cell_type for cell in read.cells][:2] == ["markdown", "code"]
        code = "\n\n".join(cell.source for cell in read.cells if cell.cell_type == "code")
        script = (ROOT / "examples" / f"{path.stem}.py").read_text(encoding="utf-8")
        statements = [line for line in script.splitlines() if line.strip() and not line.startswith("#")]
        assert [line for line in code.splitlines() if line.strip() and not line.startswith("#")] == statements


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("name", QUICK)
def test_an_example_runs_in_jupyter(name, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    write(tmp_path)
    read = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4)
    nbclient.NotebookClient(
        read, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    printed = "".join(output.get("text", "") for cell in read.cells for output in cell.get("outputs", []))
    assert "✓" in printed


def test_a_notebook_for_colab_installs_and_brings_what_it_needs():
    page = ROOT / "examples" / f"{QUICK[0]}.py"
    first, install, shared = (cell["source"] for cell in notebook(page, "git+https://host/owner/name")["cells"][:3])
    assert first.startswith("#")
    assert install == '%pip install -q "git+https://host/owner/name"'
    assert shared.startswith("%%writefile lesson.py\n")
    assert "class Lesson" in shared
