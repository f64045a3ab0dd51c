"""The few system calls that Python does not offer. Called between fork and exec: no logging, no imports
here."""

import ctypes
import os
import sys

CAP_DAC_OVERRIDE = 1

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 4
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522

IS_LINUX = sys.platform.startswith("linux")

_libc = ctypes.CDLL(None, use_errno=True)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def signal_when_parent_dies(signum: int) -> None:
    """Tied to the parent's thread, so the parent must start its children from its main thread. A change of
    user afterwards undoes it."""
    _prctl(_PR_SET_PDEATHSIG, signum)


def new_user_namespace() -> None:
    _check(_libc.unshare(_CLONE_NEWUSER))


def keep_capabilities_whatever_the_uid() -> None:
    """Over setuid, and in access(2), which otherwise answers as if a process without uid 0 had none."""
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)


def keep_only_capability(capability: int) -> None:
    """Keeps this one, over exec too (an ambient capability, Linux 4.3 and later)."""
    header = _CapHeader(_CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    data = (_CapData * 2)(_CapData(bit, bit, bit), _CapData(0, 0, 0))
    _check(_libc.capset(ctypes.byref(header), data))
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, *values: int) -> None:
    numbers = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _check(_libc.prctl(option, *numbers))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
