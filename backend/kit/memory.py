"""The garbage collector, told that a server has started: what is there now stays, and little of what comes is cyclic."""

import gc

# Of 700 new objects a collection, a turn causes several, each looking at what lives: a fifth of a turn's CPU.
NEW_OBJECTS = 20_000


def settle() -> None:
    """To be called once, when all that lasts has been loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
