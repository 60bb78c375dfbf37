"""The small language that suites are written in, and the machinery that runs them.

expect    what a suite says of a result
causes    guesses at why two arrays differ
student   what a suite sees of a submission
clock     a time limit for code that may never return
plugin    the pytest plugin: fixtures, weights, verdicts
runner    one suite against one submission
"""
