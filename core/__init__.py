"""The whole of Refract's computation. Nothing in here knows of a browser."""

import os

# While one thread of a matrix product waits for another it spins, by default for long: with anything else at work on
# the machine (a map being drawn, another user's texts) that makes encoding several times slower, and alone no faster.
# Read once, when torch is first imported; GNU's OpenMP, which torch brings on Linux.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
