"""Topics of the clusters: keywords, representative texts and a name."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.base.progress import UNWATCHED, Watch
from core.base.scripts import BURMESE, HAN, KATAKANA, KHMER, LAO, THAI
from core.pipeline.clustering.cluster import Clustering
from core.pipeline.topics.spelling import lowered, match_form
from core.pipeline.topics.stopwords import MARKS, guess_language, stop_words

__all__ = ["TermCounts", "Topic", "count_terms", "describe", "guess_language"]

_SHORTLIST = 60  # terms of a cluster among which repetitions are looked for
_MOSTLY, _NEARLY_ALWAYS = 0.5, 0.75  # of its uses a term stands in a longer one: a word, a run without spaces
_CANDIDATES = 50  # texts next to the centroid among which representatives are chosen
_RELEVANCE = 0.7  # lambda of maximal marginal relevance: how much nearness counts against diversity
_NEAR_DUPLICATE = 0.95  # cosine above which two texts say the same
_RARE = 50  # from this many texts on, a term that only one of them has is no keyword

# Scripts written without spaces. Hiragana is left out: it is the grammar of Japanese and hardly ever its subject.
_SCRIPTS = (HAN, KATAKANA, THAI, LAO, KHMER, BURMESE)
_UNSPACED = "".join(_SCRIPTS)
_SPACED = rf"(?:(?![{_UNSPACED}\u3041-\u309f])[^\W_]|[{MARKS}])+"
_TOKEN = re.compile(
    "(?P<run>" + "|".join(f"[{script}]+" for script in _SCRIPTS) + ")"
    rf"|(?P<word>{_SPACED}(?:['-]{_SPACED})*)"
    r"|(?P<between>[^\s'])"
)
_WITHOUT_SPACES = re.compile(rf"[{_UNSPACED}]")
_MARKED = re.compile(r"[^\W\d_]")  # a letter: what numbers lack
_KATAKANA = re.compile(f"[{KATAKANA}]+")
_LETTER = re.compile(  # with the vowels written before it, in Thai and Lao, and the signs around it
    r"[\u0e40-\u0e44\u0ec0-\u0ec4]?.[\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebd\u0ec6-\u0ece\u102b-\u103e\u17b6-\u17d3]*"
)
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|all|dell|nell|sull|dall|quest|quell)'")
_ELIDING = frozenset({"fr", "it", "ca"})


@dataclass(frozen=True)
class Topic:
    """The topic of a cluster.

    Attributes
    ----------
    cluster : int
        Its number; -1 for the noise.
    size : int
        How many texts it has.
    keywords : tuple of (term, c-TF-IDF weight)
        The most telling first; empty where the texts have no words but stop words.
    representatives : tuple of int
        Rows of texts that stand for it, the most central first.
    cohesion : float
        Mean cosine of its texts to its centroid, from -1 to 1.
    name : str
        Its first three keywords.
    """

    cluster: int
    size: int
    keywords: tuple[tuple[str, float], ...]
    representatives: tuple[int, ...]
    cohesion: float
    name: str


@dataclass(frozen=True, eq=False)
class TermCounts:
    """How often every term occurs in every text.

    Attributes
    ----------
    counts : sparse int64 array, shape (n, terms)
    terms : tuple of str
        Words and pairs of neighbouring words, in lower case and in their commonest spelling; parts of runs in scripts
        without spaces.
    language : str
        Of the stop words left out, ISO 639-1.
    """

    counts: csr_array
    terms: tuple[str, ...]
    language: str


def count_terms(texts: Sequence[str], language: str | None = None, watch: Watch = UNWATCHED) -> TermCounts:
    """Count words, and pairs of words that stand next to each other, leaving out stop words and numbers.

    Parameters
    ----------
    texts : sequence of str
    language : str, optional
        Of the stop words, ISO 639-1; guessed from the texts when not given.

    Returns
    -------
    TermCounts
        From 50 texts on, without the terms that only one text has.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    language = language or guess_language(texts)
    stop = stop_words(language)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    vectorizer = CountVectorizer(analyzer=lambda text: list(_forms(text, stop, language, spellings)))
    try:
        counts = csr_array(vectorizer.fit_transform(_watched(texts, watch)))
    except ValueError:  # not a word in any text
        return TermCounts(csr_array((len(texts), 0), dtype=np.int64), (), language)
    terms = vectorizer.get_feature_names_out()
    if len(texts) >= _RARE:
        common = np.flatnonzero(np.bincount(counts.indices, minlength=len(terms)) >= 2)
        counts, terms = counts[:, common], terms[common]
    totals = counts.sum(axis=0).tolist()
    shown = tuple(_commonest(form, total, spellings) for form, total in zip(terms.tolist(), totals, strict=True))
    return TermCounts(counts, shown, language)


def describe(
    counts: TermCounts,
    vectors: NDArray[np.float32],
    clustering: Clustering,
    keywords: int = 8,
    representatives: int = 5,
) -> tuple[Topic, ...]:
    """Describe every cluster, in order, and then the noise if there is any.

    Keywords are the terms with the highest `ctfidf` among those that the cluster uses more than the whole does, without
    repetitions: of "credit card" and "card" only one stands. Representatives are near the centroid and differ from
    each other, by maximal marginal relevance (Carbonell & Goldstein 1998).

    Parameters
    ----------
    counts : TermCounts
        Of the same texts, row by row.
    vectors : float32 array, shape (n, d)
    clustering : Clustering
    keywords, representatives : int
        At most how many of each.
    """
    numbers = [*range(clustering.k), *([-1] if clustering.noise else [])]
    rows = [np.flatnonzero(clustering.labels == number) for number in numbers]
    by_class = _by_class(counts.counts, rows)
    weights = ctfidf(by_class)
    telling = _telling(by_class)
    topics = []
    for i, number in enumerate(numbers):
        centroid = clustering.centroids[number] if number >= 0 else _direction(vectors[rows[i]])
        words = _keywords(counts.terms, weights[i], by_class[i], telling[i], keywords)
        topics.append(
            Topic(
                cluster=number,
                size=len(rows[i]),
                keywords=words,
                representatives=_representatives(vectors, rows[i], centroid, representatives),
                cohesion=float((vectors[rows[i]] @ centroid).mean()),
                name=_name(number, words),
            )
        )
    return tuple(topics)


def is_tight(topic: Topic, topics: Sequence[Topic]) -> bool:
    """Whether a topic is at least as tight as the middle one of its run: the level depends on model and instruction.

    Parameters
    ----------
    topics : all of the run; the noise isn't counted, and where all is noise nothing is tight.
    """
    of_topics = [each.cohesion for each in topics if each.cluster >= 0]
    return bool(of_topics) and topic.cohesion >= float(np.median(of_topics))


def ctfidf(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Class-based TF-IDF: how telling a term is of a class, where all texts of a class count as one.

    ``W[c, t] = tf[c, t] * log(1 + A / f[t])`` with ``tf[c, t]`` the share of term t in the terms of class c, ``f[t]``
    how often it occurs in all classes and ``A`` the mean number of terms in a class (Grootendorst 2022, BERTopic,
    https://arxiv.org/abs/2203.05794).

    Parameters
    ----------
    counts : float64 array, shape (classes, terms)

    Returns
    -------
    float64 array, shape (classes, terms)
    """
    frequency = counts.sum(axis=0)
    sizes = counts.sum(axis=1, keepdims=True)
    inverse = np.log1p(sizes.mean() / np.maximum(frequency, 1)) if counts.size else frequency
    weights: NDArray[np.float64] = counts / np.maximum(sizes, 1) * inverse
    return weights


# Words


def _watched(texts: Iterable[str], watch: Watch) -> Iterator[str]:
    for i, text in enumerate(texts):
        if i % 256 == 0:
            watch.check()
        yield text


def _forms(text: str, stop: frozenset[str], language: str, spellings: defaultdict[str, Counter[str]]) -> Iterator[str]:
    """The terms of a text by their form; spellings other than that are noted."""
    for term in _terms(lowered(text, language), stop, language in _ELIDING):
        form = " ".join(map(match_form, term.split(" ")))
        if form != term:
            spellings[form][term] += 1
        yield form


def _commonest(form: str, total: int, spellings: defaultdict[str, Counter[str]]) -> str:
    """How a term that stands ``total`` times in the texts is mostly spelled there."""
    if form not in spellings:
        return form
    spelled = spellings[form]
    spelled[form] = total - spelled.total()
    return min(spelled, key=lambda term: (-spelled[term], term))


def _terms(text: str, stop: frozenset[str], eliding: bool) -> Iterator[str]:
    """The terms of a text; a pair of words has nothing between them, neither a stop word nor punctuation."""
    previous = None
    for match in _TOKEN.finditer(text):
        if match["run"]:
            yield from _parts(match["run"], stop)
        word = _word(match["word"], stop, eliding) if match["word"] else None
        if word:
            yield word
            if previous:
                yield f"{previous} {word}"
        previous = word


def _word(token: str, stop: frozenset[str], eliding: bool) -> str | None:
    """The token without elided article or English genitive, unless it is a stop word, a number or a single letter."""
    if match_form(token) in stop:
        return None
    word = _ELISION.sub("", token) if eliding else token.removesuffix("'s")
    return word if len(word) > 1 and match_form(word) not in stop and _MARKED.search(word) else None


def _parts(run: str, stop: frozenset[str]) -> Iterator[str]:
    """Candidates for words in a run without spaces: katakana as it stands, else 2 to 4 letters with their signs."""
    letters = _LETTER.findall(run)
    if _KATAKANA.fullmatch(run):
        yield from [run] if len(run) > 1 and run not in stop else []
        return
    for size in range(2, 5):
        for start in range(len(letters) - size + 1):
            part = "".join(letters[start : start + size])
            if part not in stop and letters[start] not in stop and letters[start + size - 1] not in stop:
                yield part


# Keywords


def _by_class(counts: csr_array, rows: list[NDArray[np.intp]]) -> NDArray[np.float64]:
    """Counts of terms in each class, shape (classes, terms)."""
    member = np.concatenate(rows) if rows else np.empty(0, np.intp)
    ends = np.cumsum([0, *map(len, rows)])
    classes = csr_array((np.ones(len(member)), member, ends), shape=(len(rows), counts.shape[0]))
    total: NDArray[np.float64] = (classes @ counts).toarray()
    return total


def _telling(by_class: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which terms a class has more of than the whole has; with one class there is nothing to compare with.

    c-TF-IDF alone lets a word that is frequent everywhere win everywhere.
    """
    if len(by_class) == 1:
        return by_class > 0
    sizes = by_class.sum(axis=1, keepdims=True)
    telling: NDArray[np.bool_] = by_class * by_class.sum() > sizes * by_class.sum(axis=0) * (1 + 1e-9)
    return telling


def _keywords(
    terms: tuple[str, ...],
    weights: NDArray[np.float64],
    counts: NDArray[np.float64],
    telling: NDArray[np.bool_],
    wanted: int,
) -> tuple[tuple[str, float], ...]:
    """The heaviest terms without repetitions: what mostly stands inside a longer term gives way to it."""
    candidates = np.flatnonzero(telling)
    order = np.lexsort((candidates, -weights[candidates]))[:_SHORTLIST]
    shortlist = [(terms[i], _words(terms[i]), counts[i], weights[i]) for i in candidates[order].tolist()]
    chosen: list[tuple[str, tuple[str, ...], float]] = []
    for term, words, count, weight in shortlist:
        repeats = any(_alike(term, words, *other[:2]) for other in chosen)
        if repeats or any(
            other_count > (_MOSTLY if words else _NEARLY_ALWAYS) * count
            and term != other
            and _within(term, words, other, other_words)
            for other, other_words, other_count, _ in shortlist
        ):
            continue
        chosen.append((term, words, float(weight)))
        if len(chosen) == wanted:
            break
    return tuple((term, weight) for term, _, weight in chosen)


def _words(term: str) -> tuple[str, ...]:
    """The words of a term; none for a run without spaces."""
    return () if not term.isascii() and _WITHOUT_SPACES.search(term) else tuple(term.split())


def _within(short: str, short_words: tuple[str, ...], long: str, long_words: tuple[str, ...]) -> bool:
    """Whether a term is part of a longer one: a word of a pair, or a piece of a run without spaces."""
    if short_words or long_words:
        return short in long_words
    return short in long


def _alike(one: str, words: tuple[str, ...], other: str, other_words: tuple[str, ...]) -> bool:
    """Whether two terms share a word, or two runs without spaces overlap."""
    if words or other_words:
        return any(_same_word(a, b) for a in words for b in other_words)
    return not set(pairwise(one)).isdisjoint(pairwise(other))


def _same_word(a: str, b: str) -> bool:
    """Whether two words differ at most in an ending of two letters, such as a plural's."""
    short, long = sorted((a, b), key=len)
    return short == long or (len(short) >= 4 and len(long) - len(short) <= 2 and long.startswith(short))


def _name(cluster: int, keywords: tuple[tuple[str, float], ...]) -> str:
    if cluster < 0:
        return "Noise"
    return ", ".join(word for word, _ in keywords[:3]) or f"Cluster {cluster + 1}"


# Representatives


def _direction(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = vectors.mean(axis=0, dtype=np.float64)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)


def _representatives(
    vectors: NDArray[np.float32], rows: NDArray[np.intp], centroid: NDArray[np.float32], wanted: int
) -> tuple[int, ...]:
    """Rows by maximal marginal relevance; texts that say the same as one before come last, if at all."""
    nearness = vectors[rows] @ centroid
    nearest = np.lexsort((rows, -nearness))[:_CANDIDATES]
    rows, nearness = rows[nearest], nearness[nearest]
    candidates = vectors[rows]
    chosen: list[int] = []
    closest = np.full(len(rows), -1.0, np.float32)  # of each candidate to what was chosen
    for _ in range(min(wanted, len(rows))):
        relevance = _RELEVANCE * nearness - (1 - _RELEVANCE) * np.maximum(closest, 0)
        relevance[closest > _NEAR_DUPLICATE] -= 10
        relevance[chosen] = -np.inf
        best = int(relevance.argmax())
        chosen.append(best)
        closest = np.maximum(closest, candidates @ candidates[best])
    return tuple(rows[chosen].tolist())
