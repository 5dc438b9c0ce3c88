"""System calls by name and number, for x86-64 and aarch64, and what becomes of each.

Each entry reads ``name x86-64 aarch64``; a dash where the architecture has no such call. What is not
named here does not exist for a candidate (`ENOSYS`), so that a C library falls back from calls that
are newer than these tables.

Source: Linux 6.1, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

import platform

_FREE = """
# what is open already
read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68, preadv 295 69,
pwritev 296 70, preadv2 327 286, pwritev2 328 287, lseek 8 62, close 3 57, close_range 436 436, dup 32 23,
dup2 33 -, dup3 292 24, pipe 22 -, pipe2 293 59, poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72,
epoll_create 213 -, epoll_create1 291 20, epoll_ctl 233 21, epoll_wait 232 -, epoll_pwait 281 22,
epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19, sendfile 40 71, copy_file_range 326 285, fsync 74 82,
fdatasync 75 83, sync_file_range 277 84, fadvise64 221 223, readahead 187 213,
fallocate 285 47, ftruncate 77 46,
# files: landlock says which
creat 85 -, stat 4 -, fstat 5 80, lstat 6 -, newfstatat 262 79, statx 332 291, access 21 -,
faccessat 269 48, faccessat2 439 439, readlink 89 -, readlinkat 267 78, getdents 78 -, getdents64 217 61,
getcwd 79 17, chdir 80 49, fchdir 81 50, mkdir 83 -, mkdirat 258 34, rmdir 84 -, unlink 87 -,
unlinkat 263 35, rename 82 -, renameat 264 38, renameat2 316 276, link 86 -, linkat 265 37, symlink 88 -,
symlinkat 266 36, umask 95 166, statfs 137 43, fstatfs 138 44,
# memory
brk 12 214, mmap 9 222, munmap 11 215, mprotect 10 226, mremap 25 216, madvise 28 233, mincore 27 232,
msync 26 227, membarrier 324 283,
# threads and signals of its own
futex 202 98, set_robust_list 273 99, get_robust_list 274 100, rseq 334 293, set_tid_address 218 96,
sched_yield 24 124, sched_getaffinity 204 123, sched_getparam 143 121, sched_getscheduler 145 120,
sched_get_priority_max 146 125, sched_get_priority_min 147 126, arch_prctl 158 -, sigaltstack 131 132,
rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136,
rt_sigsuspend 130 133, rt_sigtimedwait 128 137, pause 34 -, restart_syscall 219 128, exit 60 93,
exit_group 231 94, wait4 61 260, waitid 247 95,
# time, and who it is
clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115, nanosleep 35 101,
gettimeofday 96 169, time 201 -, times 100 153, getitimer 36 102, setitimer 38 103, alarm 37 -,
getrusage 98 165, getrlimit 97 163, setrlimit 160 164, sysinfo 99 179, uname 63 160, getrandom 318 278,
getcpu 309 168, gettid 186 178, getpid 39 172, getppid 110 173, getuid 102 174, geteuid 107 175,
getgid 104 176, getegid 108 177, getresuid 118 148, getresgid 120 150, getgroups 115 158, getpgrp 111 -,
getpgid 121 155, getsid 124 156, getpriority 140 141, capget 125 90,
"""

_CHECKED = """
# allowed for some arguments
clone 56 220, kill 62 129, tgkill 234 131, prlimit64 302 261, prctl 157 167, ioctl 16 29, fcntl 72 25,
open 2 -, openat 257 56,
"""

_REFUSED = """
# new processes and programs
fork 57 -, vfork 58 -, execve 59 221, execveat 322 281,
# the network, and other processes over sockets
socket 41 198, socketpair 53 199, connect 42 203, bind 49 200, listen 50 201, accept 43 202,
accept4 288 242, sendto 44 206, recvfrom 45 207, sendmsg 46 211, recvmsg 47 212, sendmmsg 307 269,
recvmmsg 299 243, shutdown 48 210, getsockname 51 204, getpeername 52 205, getsockopt 55 209,
setsockopt 54 208,
# other processes
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440,
process_mrelease 448 448, kcmp 312 272, pidfd_open 434 434, pidfd_getfd 438 438, pidfd_send_signal 424 424,
tkill 200 130, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, setsid 112 157, setpgid 109 154,
setpriority 141 140, sched_setaffinity 203 122, sched_setscheduler 144 119, sched_setparam 142 118,
sched_setattr 314 274, ioprio_set 251 30, migrate_pages 256 238, move_pages 279 239,
# namespaces and mounts
unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51,
move_mount 429 429, open_tree 428 428, fsopen 430 430, fsconfig 431 431, fsmount 432 432, fspick 433 433,
mount_setattr 442 442,
# memory that outlives a process or is shared
memfd_create 319 279, memfd_secret 447 447, shmget 29 194, shmat 30 196, shmctl 31 195, shmdt 67 197,
msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187, semget 64 190, semop 65 193, semctl 66 191,
semtimedop 220 192, mq_open 240 180, mq_unlink 241 181, mq_timedsend 242 182, mq_timedreceive 243 183,
mq_notify 244 184, mq_getsetattr 245 185,
# doors into the kernel
bpf 321 280, perf_event_open 298 241, io_uring_setup 425 425, io_uring_enter 426 426,
io_uring_register 427 427, io_setup 206 0, io_submit 209 2, io_destroy 207 1, io_getevents 208 4,
io_cancel 210 3, keyctl 250 219, add_key 248 217, request_key 249 218, userfaultfd 323 282,
vmsplice 278 75, splice 275 76, tee 276 77, inotify_init 253 -, inotify_init1 294 26,
inotify_add_watch 254 27, inotify_rm_watch 255 28, fanotify_init 300 262, fanotify_mark 301 263,
seccomp 317 277, landlock_create_ruleset 444 444, landlock_add_rule 445 445,
landlock_restrict_self 446 446, name_to_handle_at 303 264, open_by_handle_at 304 265,
lookup_dcookie 212 18, timer_create 222 107, timer_settime 223 110, timer_delete 226 111,
timerfd_create 283 85, signalfd4 289 74, mlock 149 228, mlock2 325 284, mlockall 151 230, mbind 237 235,
set_mempolicy 238 237,
# who it is
setuid 105 146, setgid 106 144, setreuid 113 145, setregid 114 143, setresuid 117 147, setresgid 119 149,
setgroups 116 159, setfsuid 122 151, setfsgid 123 152, capset 126 91, personality 135 92,
# owners, modes and times of files: landlock does not hold these
fchmod 91 52, utimensat 280 88, flock 73 32,
mknod 133 -, mknodat 259 33, chmod 90 -, fchmodat 268 53, chown 92 -, fchown 93 55, lchown 94 -,
fchownat 260 54, utime 132 -, utimes 235 -, futimesat 261 -, truncate 76 45, setxattr 188 5,
lsetxattr 189 6, fsetxattr 190 7, getxattr 191 8, lgetxattr 192 9, fgetxattr 193 10, listxattr 194 11,
llistxattr 195 12, flistxattr 196 13, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16,
# the machine
settimeofday 164 170, clock_settime 227 112, clock_adjtime 305 266, adjtimex 159 171, acct 163 89,
swapon 167 224, swapoff 168 225, reboot 169 142, kexec_load 246 104, kexec_file_load 320 294,
init_module 175 105, finit_module 313 273, delete_module 176 106, iopl 172 -, ioperm 173 -,
modify_ldt 154 -, syslog 103 116, vhangup 153 58, quotactl 179 60, quotactl_fd 443 443,
sethostname 170 161, setdomainname 171 162, sync 162 81, syncfs 306 267,
"""
_MACHINES = {"x86_64": 0, "aarch64": 1}


def supported(machine: str) -> bool:
    """Whether the tables hold the numbers of `machine`, as `platform.machine` names it."""
    return machine in _MACHINES


def numbers(machine: str | None = None) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Name -> number of the calls that are free, those checked by argument, and those refused.

    Raises:
        OSError: the tables lack this architecture.
    """
    machine = machine or platform.machine()
    if not supported(machine):
        raise OSError(f"system calls are known for {', '.join(_MACHINES)}, not for {machine}")
    column = _MACHINES[machine]
    return _read(_FREE, column), _read(_CHECKED, column), _read(_REFUSED, column)


def _read(table: str, column: int) -> dict[str, int]:
    found = {}
    lines = (line for line in table.splitlines() if not line.startswith("#"))
    for entry in " ".join(lines).split(","):
        name, *columns = entry.split() or [""]
        if name and columns[column] != "-":
            found[name] = int(columns[column])
    return found
