"""The small language that suites are written in, and the machinery that runs them.

expect    what a suite says of a result
tensors   numbers worked by hand
causes    guesses at why two arrays differ
crashes   guesses at why code crashed
student   what a suite sees of a submission
clock     a time limit for code that may never return
plugin    the pytest plugin: fixtures, weights, verdicts
runner    one suite against one submission
"""
