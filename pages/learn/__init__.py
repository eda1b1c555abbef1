"""Learn: what an instruction does, step by step."""
