"""Interpreters of their own for runs side by side."""

import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor

__all__ = ["interpreters"]


def interpreters(jobs: int) -> ProcessPoolExecutor:
    """An executor with `jobs` fresh interpreters, which end with this process even if it is killed.

    Fresh ones, because a fork would copy the threads of Arrow and the like.
    """
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, spawn, _end_with_parent, (os.getpid(),))


def _end_with_parent(parent: int) -> None:
    """Nobody is left to go on for when the command is killed. Only Linux can say so."""
    if sys.platform == "linux":
        from evo.evaluate.inside.kernel import PR_SET_PDEATHSIG, process_control

        process_control(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
