"""What a program and its children cost: processor time and memory, from the kernel's own books."""

from __future__ import annotations

import time

import psutil


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it; empty when it is gone."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_ms(pid: int) -> float:
    """Milliseconds of processor time of a process, its children, and the children it has buried."""
    total = 0.0
    for process in family(pid):
        try:
            # Linux: the clock of a process is (~pid << 3) | 2; nanoseconds, where /proc counts ticks of 10 ms.
            total += time.clock_gettime((~process.pid << 3) | 2)
            buried = process.cpu_times()
            total += buried.children_user + buried.children_system
        except (psutil.NoSuchProcess, OSError):
            continue
    return total * 1e3


def at_rest(pid: int) -> bool:
    """Whether neither a process nor a child of it is computing or waiting for a processor."""
    return not any(process.is_running() and process.status() == psutil.STATUS_RUNNING for process in family(pid))


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident and proportional set size of a process and its children, in MiB."""
    rss = pss = 0
    for process in family(pid):
        try:
            memory = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        rss, pss = rss + memory.rss, pss + memory.pss
    return rss / 2**20, pss / 2**20
