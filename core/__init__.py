"""The whole of Refract's computation. Nothing in here knows of a browser."""
