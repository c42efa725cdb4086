"""Sample inputs for every operation: what each rule is tested with.

There is one room for each room of `tinygrad_vn/rules`. An entry stands beside the name of a primitive or a composite
and lists a few `Sample`s: a function in plain NumPy spelling and the arrays to call it with. Called with arrays it is
NumPy's own result, the independent source; called with Tensors it goes through our rules. An operation of our own,
which NumPy does not have, names its `reference`.

`tests/rules/test_every_rule.py` checks each sample's value, first and second derivative, float32 and memory layouts,
and fails where an operation has no sample.
"""

from tests.samples.activations import ACTIVATIONS
from tests.samples.elementwise import ELEMENTWISE
from tests.samples.families import Sample
from tests.samples.indexing import INDEXING
from tests.samples.linalg import LINEAR_ALGEBRA
from tests.samples.losses import LOSSES
from tests.samples.reductions import REDUCTIONS
from tests.samples.shaping import SHAPING

SAMPLES: dict[str, list[Sample]] = ELEMENTWISE | ACTIVATIONS | REDUCTIONS | SHAPING | INDEXING | LINEAR_ALGEBRA | LOSSES

__all__ = ["SAMPLES", "Sample"]
