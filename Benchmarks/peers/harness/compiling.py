"""The programs in C that stand for what the servers can do."""
import os
import subprocess

from .site import PEERS


def compiled(folder, name):
    """The path of limits/NAME.c, compiled into the folder."""
    program = os.path.join(folder, name)
    subprocess.run(
        ["cc", "-O2", "-Wall", "-Wextra", "-o", program, os.path.join(PEERS, "limits", f"{name}.c"), "-lhiredis"], check=True)
    return program
