"""A time limit for code that may never return."""

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TimeUp(BaseException):
    """The limit has passed. A BaseException, so that `except Exception` in a submission does not swallow it."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp in the running code after so many seconds of wall clock.

    In the main thread of a Unix process an alarm interrupts sleeps as well. Elsewhere the exception is set
    from a timer thread and arrives at the next Python instruction.
    """
    on_main = threading.current_thread() is threading.main_thread()
    with _alarm(seconds) if on_main and hasattr(signal, "setitimer") else _timer(seconds):
        yield


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(signum: int, frame: object) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    # The second figure rings again, for code that swallows the first with a bare except.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    timer = threading.Timer(seconds, lambda: raise_in(thread, ctypes.py_object(TimeUp)))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
