"""How the catalogue's tables came to be, step by step. `core.projects.database` runs what is missing when it opens one.

A new step is a file in ``versions`` with the one before it as ``down_revision``. A step that was published never
changes.
"""
