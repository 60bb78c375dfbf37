"""Public suite of newton_step."""


def test_written(student):
    """The function is written."""
    student.run(called)


def called(learner):
    """Whether the name is a function."""
    return callable(learner.newton_step)
