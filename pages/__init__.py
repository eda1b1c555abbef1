"""The pages of the app: short scripts, one a page, that show what `core` computed."""
