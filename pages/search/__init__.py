"""Search: texts by words and meaning."""
