"""The built-in model: texts are read once, and each instruction is asked of what was read."""
