"""Runs a command once and prints `<wall seconds> <CPU seconds> <peak resident KiB> <exit code>` of it."""
import os
import sys
import time

started = time.perf_counter()
child = os.posix_spawnp(
    sys.argv[1],
    sys.argv[1:],
    os.environ,
    file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - started
peak = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
print(f"{seconds:.4f} {usage.ru_utime + usage.ru_stime:.4f} {peak} {os.waitstatus_to_exitcode(status)}")
