"""Small elements of the pages that know nothing of a session: tables, words, progress, choices."""
