"""The analyst's own names and moves over a run, each of them undoable."""
