"""Corpus, instruction and settings to a run: embed, cluster, lay out, describe."""
