"""Guesses at why code crashed, by the words of the exception: what Python and torch say in their own terms."""

from glassbox.testing.student import Crashed

BY_KIND = {
    "NameError": "A name is used that was never given a value, or its cell has not been run.",
    "UnboundLocalError": "A variable is used before it is given a value, or only one branch of an `if` gives it one.",
    "SystemExit": "The function ends the program: take the exit() out.",
    "RecursionError": "The function calls itself without end.",
}
# The first entry with one of its texts in the message speaks.
BY_WORDS = (
    (("bitwise_xor", "for ^"), "^ is no power in Python: write x**2."),
    (("object is not callable",), "A name that should be a function now holds a value: run its cell again."),
    (("and 'function'", "'function' and", "builtin_function_or_method'"),
     "A function is used where its result is meant: call it, f(x)."),
    (("is not subscriptable",), "Square brackets stand after something that has no entries: does a call need ( )?"),
    (("same dtype", "Double but found Float", "expected scalar type"),
     "Two tensors of different dtype met: make new tensors like the input (torch.zeros_like)."),
    (("must match the size", "shapes cannot be multiplied", "size mismatch", "inconsistent tensor size"),
     "Two shapes do not fit: print x.shape of both sides on the line before."),
    (("is invalid for input of size",), "A reshape asks for another number of entries than there are."),
    (("expects each tensor to be equal size",), "The tensors in the list have different shapes: is each one whole?"),
    (("0-d tensor",), "A tensor that holds a single number, shape (), was used as a list of numbers."),
    (("must be Tensor, not",), "A tensor is asked for, and a plain number was given: make a tensor of it."),
    (("only one element tensors can be", "only length-1 arrays", "only 0-dimensional arrays", "converted to Scalar"),
     "A tensor of several entries was used as one number: torch.sqrt takes whole tensors, torch.stack joins them."),
    (("cannot be interpreted as an integer",), "A whole number is asked for: n / b is a float, n // b is whole."),
    (("invalid combination of arguments",), "An argument stands in the wrong place, or must be given by its name."),
    (("must have at least 2 dimensions",), "A matrix is asked for, not a vector: are two arguments exchanged?"),
    (("positive-definite",), "A Cholesky factor needs positive eigenvalues: use torch.linalg.solve."),
)  # fmt: skip


def crash_cause(crash: Crashed) -> str | None:
    """One sentence on the likeliest reason, or None when nothing stands out."""
    if crash.kind in BY_KIND:
        return BY_KIND[crash.kind]
    text = str(crash.original)
    if f"{crash.name}() " in text and ("positional argument" in text or "unexpected keyword" in text):
        return "The parameters were changed: restore the first line of the exercise cell."
    return next((cause for words, cause in BY_WORDS if any(word in text for word in words)), None)
