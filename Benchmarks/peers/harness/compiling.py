"""The programs in C that stand for what the servers can do, and the scripts that they run."""
import os
import subprocess

from .site import PEERS, ROOT

SCRIPTS = os.path.join(ROOT, "Sources", "FlotillaRedis", "Scripts")


def compiled(folder, name):
    """The path of limits/NAME.c, compiled into the folder."""
    program = os.path.join(folder, name)
    subprocess.run(
        ["cc", "-O2", "-Wall", "-Wextra", "-o", program, os.path.join(PEERS, "limits", f"{name}.c"), "-lhiredis"], check=True)
    return program


def expanded(folder, name):
    """The path of a script of the broker with its fragments put in, as the client loads it."""
    with open(os.path.join(SCRIPTS, f"{name}.lua")) as file:
        lines = file.read().splitlines()
    text = []
    for line in lines:
        if line.startswith("-- @include "):
            with open(os.path.join(SCRIPTS, line.split()[-1] + ".lua")) as file:
                text.append(file.read())
        else:
            text.append(line)
    path = os.path.join(folder, f"{name}.lua")
    with open(path, "w") as file:
        file.write("\n".join(text))
    return path
