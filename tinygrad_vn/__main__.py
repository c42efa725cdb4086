"""`python -m tinygrad_vn`: the same as the command `tinygrad-vn`."""

import sys

from tinygrad_vn.cli import main

sys.exit(main())
