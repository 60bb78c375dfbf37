"""Proof that the suites deserve trust: the kill matrix of each exercise.

mutants   generated wrong answers: the reference with one small change
matrix    reference, stub, bugs, other right answers and mutants, each against its suites
table     the matrix in print, and the record kept in docs/
"""
