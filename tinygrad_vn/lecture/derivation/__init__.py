"""A computation in words and formulas, as on the blackboard.

explain     `explain(loss)`; blackboard is the way forward, derivation the way back
trace       `trace_table(loss)`
"""
