"""docs/tutorial.ipynb: run from its first cell to its last (`run`), or its code on stdout, for type checkers (`code`)."""

import sys
from pathlib import Path

import nbformat

TUTORIAL = Path(__file__).resolve().parents[3] / "docs/tutorial.ipynb"


def main(command):
    notebook = nbformat.read(TUTORIAL, as_version=4)
    if command == "code":
        print("\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code"))
        return
    from nbclient import NotebookClient

    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    shown = [output for output in outputs if "text/html" in output.get("data", {})]
    assert (len(pictures), len(shown)) == (2, 3), "two plots; scores, an answer and an explanation as HTML"
    print("the tutorial runs")


if __name__ == "__main__":
    main(*sys.argv[1:])
