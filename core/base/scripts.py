"""Ranges of letters of the scripts that put no spaces between words, to stand in a regular expression's brackets."""

HAN = r"\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KANA = r"\u3040-\u30ff"
KATAKANA = r"\u30a1-\u30fa\u30fc"
THAI = r"\u0e00-\u0e7f"
LAO = r"\u0e80-\u0eff"
KHMER = r"\u1780-\u17ff"
BURMESE = r"\u1000-\u109f"
