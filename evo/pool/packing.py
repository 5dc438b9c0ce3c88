"""A worker's specification as bytes that another process can read."""

import pickle
import sys
from typing import Any

from evo.errors import ProblemError
from evo.pool.worker import WorkerSpec

PLUGIN_MODULES = "evo_plugin_"
"""What `evo.plugins.load_file` calls the modules it makes; no other process can import them by that name."""


def pack(spec: WorkerSpec, cloudpickle: Any) -> bytes:
    """`spec`, with functions of a notebook or a loose plug-in file by value unless a worker can load them.

    Raises:
        ProblemError: a function of the problem holds something that cannot be sent, such as an open file.
    """
    loose = [] if spec.by_reference else [m for n, m in sys.modules.items() if n.startswith(PLUGIN_MODULES)]
    for module in loose:
        cloudpickle.register_pickle_by_value(module)
    try:
        packed: bytes = cloudpickle.dumps(spec)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise ProblemError(
            f"problem {spec.problem.name} cannot be sent to a worker: {error}. Put it into a folder with a "
            "problem.py, or use pool=inline"
        ) from error
    finally:
        for module in loose:
            cloudpickle.unregister_pickle_by_value(module)
    return packed
