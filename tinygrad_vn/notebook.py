"""Whether somebody looks at the output in a notebook: there pictures are shown, and a bar can be a widget."""

import sys


def in_notebook() -> bool:
    """Whether the program runs in a notebook.

    A terminal with IPython is none, and neither is a program that only drives notebooks, for which `ipykernel` and
    `IPython` may well be imported: what counts is a shell that talks to a kernel.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None
