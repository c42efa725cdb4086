"""Worksheets: exercises on paper with fresh numbers, and their answer key.

exercise        what an exercise is: what is given, what is asked, and every answer, found in two ways
one_neuron      one neuron with two inputs, from the sum to all gradients
small_net       a net 2-2-1 with ReLU, number by number
matrix_layer    a layer for two samples at once, in matrices
descent_step    one step of gradient descent for a line through four points
ratings_table   the 4×5 table of ratings: its factors, what is missing, and one step towards it
making          exercises by kind, seed and number
formulas        formulas and matrices as HTML
paper           the two pages to print
words           everything they say, Vietnamese and English

Numbers are drawn so that nobody needs more than paper and a pocket calculator. Every answer comes from our own engine
and, independently, from a formula solved by hand; an exercise of which the two disagree cannot be made.
"""

from tinygrad_vn.lecture.worksheet.exercise import Exercise, Question
from tinygrad_vn.lecture.worksheet.making import KINDS, exercises
from tinygrad_vn.lecture.worksheet.paper import answer_key, worksheet

__all__ = ["KINDS", "Exercise", "Question", "answer_key", "exercises", "worksheet"]
