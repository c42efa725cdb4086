"""`tg.jit`: record a step once, run it again without the bookkeeping.

traced.py        arrays that tell what is done with them
notes.py         writes it down
world.py         what is done to generators, optimizers, gradients
tracer.py        operations, backward passes, what is returned
program.py       what a recording consists of
compare.py       two recordings of a function must be the same
simplify.py      constants worked out, nothing done twice or in vain
memory.py        where results are kept
wording.py       names in the text
source.py        the recording as a Python function
handing.py       what that function calls besides NumPy
listing.py       the recording for readers: names.py, spelling.py, lines.py
guards.py        what must be the same about arguments
met.py           which code of the user's runs
surroundings.py  what must be the same about globals, closure cells, attributes
trusted.py       for which calls a recording holds
jitted.py        `jit`
"""

from tinygrad_vn.phrases import VIETNAMESE
from tinygrad_vn.tracing.jitted import Jitted, jit
from tinygrad_vn.tracing.listing import Listing
from tinygrad_vn.tracing.phrases import TRACING_VIETNAMESE

VIETNAMESE.update(TRACING_VIETNAMESE)

__all__ = ["Jitted", "Listing", "jit"]
