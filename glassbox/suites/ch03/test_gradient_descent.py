"""Public suite of gradient_descent."""


def test_written(student):
    """The function is written."""
    student.run(called)


def called(learner):
    """Whether the name is a function."""
    return callable(learner.gradient_descent)
