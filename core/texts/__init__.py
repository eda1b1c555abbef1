"""From files to a corpus of texts with ids by content; the sample corpora."""
