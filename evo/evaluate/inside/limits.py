"""Resource limits of a candidate's process, kept by the kernel."""

import resource
from collections.abc import Mapping

_MIB = 1 << 20


def apply(cpu_s: int, memory_mb: int, threads: int) -> None:
    """Limits the calling process.

    Args:
        cpu_s: seconds over all threads until SIGXCPU; SIGKILL a second later.
        memory_mb: address space.
        threads: tasks of this user in all.
    """
    values: Mapping[int, tuple[int, int]] = {
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),
        resource.RLIMIT_AS: (memory_mb * _MIB, memory_mb * _MIB),
        resource.RLIMIT_STACK: (16 * _MIB, 16 * _MIB),
        resource.RLIMIT_FSIZE: (32 * _MIB, 32 * _MIB),
        resource.RLIMIT_NOFILE: (64, 64),
        resource.RLIMIT_NPROC: (threads, threads),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_NICE: (0, 0),
        resource.RLIMIT_RTPRIO: (0, 0),
        resource.RLIMIT_SIGPENDING: (64, 64),
    }
    for limit, (soft, hard) in values.items():
        ceiling = resource.getrlimit(limit)[1]
        if ceiling == resource.RLIM_INFINITY or ceiling >= hard:
            resource.setrlimit(limit, (soft, hard))
        else:
            resource.setrlimit(limit, (min(soft, ceiling), ceiling))
