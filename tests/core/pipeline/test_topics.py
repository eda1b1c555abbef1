"""`core.pipeline.topics.describe` and `core.pipeline.topics.stopwords`: keywords, representatives and the language."""

import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import Cancelled
from core.base.progress import Watch
from core.pipeline.clustering.cluster import Clustering, ClusterSettings
from core.pipeline.topics.describe import Topic, count_terms, ctfidf, describe, guess_language, is_tight
from core.pipeline.topics.stopwords import stop_words


def clustering_of(labels, vectors):
    labels = np.asarray(labels, np.int32)
    k = labels.max(initial=-1) + 1
    centroids = (
        np.stack([vectors[labels == c].mean(axis=0) for c in range(k)]) if k else np.zeros((0, vectors.shape[1]))
    )
    centroids = (centroids / np.linalg.norm(centroids, axis=1, keepdims=True)).astype(np.float32)
    return Clustering(labels, np.zeros(len(labels), np.bool_), centroids, (), None, ClusterSettings())


def unit(n, d=8, seed=0):
    points = np.random.default_rng(seed).normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def keywords_of(texts, labels, language="en"):
    vectors = unit(len(texts))
    topics = describe(count_terms(texts, language), vectors, clustering_of(labels, vectors))
    return [[word for word, _ in topic.keywords] for topic in topics]


def terms_of(text, language="en"):
    return set(count_terms([text], language).terms)


# c-TF-IDF


@settings(deadline=None, max_examples=60)
@given(classes=st.integers(1, 5), terms=st.integers(1, 12), seed=st.integers(0, 1000))
def test_ctfidf_is_the_formula(classes, terms, seed):
    counts = np.random.default_rng(seed).poisson(1.5, size=(classes, terms)).astype(float)
    average = sum(counts[c].sum() for c in range(classes)) / classes
    expected = np.zeros_like(counts)
    for c in range(classes):
        for t in range(terms):
            if counts[c, t]:
                in_all = sum(counts[other, t] for other in range(classes))
                expected[c, t] = counts[c, t] / counts[c].sum() * np.log(1 + average / in_all)
    np.testing.assert_allclose(ctfidf(counts), expected, rtol=1e-12)


def test_keyword_weights_are_ctfidf_of_the_texts():
    texts = ["battery battery screen", "battery screen", "delivery courier", "delivery screen"]
    vectors = unit(4)
    topics = describe(count_terms(texts, "en"), vectors, clustering_of([0, 0, 1, 1], vectors))
    # cluster 0 has battery 3, screen 2, "battery battery" 1, "battery screen" 2: 8 terms; cluster 1 has 6
    weight = dict(topics[0].keywords)
    assert weight["battery screen"] == pytest.approx(2 / 8 * np.log(1 + 7 / 2))
    assert dict(topics[1].keywords)["delivery"] == pytest.approx(2 / 6 * np.log(1 + 7 / 2))


# Keywords


def test_each_cluster_is_known_by_its_own_words():
    texts = ["the battery died overnight", "new battery swollen", "the courier never came", "courier lost my parcel"]
    first, second = keywords_of(texts, [0, 0, 1, 1])
    assert first[0] == "battery"
    assert second[0] == "courier"


def test_a_word_equally_common_everywhere_does_not_win():
    texts = [f"phone phone phone battery {i}" for i in range(10)] + [
        f"phone phone phone courier {i}" for i in range(10)
    ]
    first, second = keywords_of(texts, [0] * 10 + [1] * 10)
    assert "phone" not in first
    assert "phone" not in second


def test_one_cluster_has_keywords_too():
    (words,) = keywords_of(["red shoes", "red boots"], [0, 0])
    assert words[0] == "red"


def test_words_of_a_pair_are_not_repeated():
    texts = ["credit card declined", "my credit card", "credit card blocked", "slow courier", "courier couriers late"]
    first, second = keywords_of(texts, [0, 0, 0, 1, 1])
    assert first[0] == "credit card"
    assert "credit" not in first
    assert "card" not in first
    assert ("courier" in second) != ("couriers" in second)


def test_terms_of_english():
    terms = terms_of("I don’t like the watch's strap. It's 2:10, 100 heart-rate alarms; don't!")
    assert {"watch", "strap", "watch strap", "heart-rate", "alarms", "heart-rate alarms"} <= terms
    assert not {"don", "don't", "t", "s", "it's", "2", "10", "100", "watch's", "like"} & terms
    assert "strap heart-rate" not in terms  # a sentence ends between them


def test_pairs_do_not_reach_over_stop_words():
    assert "box street" not in terms_of("a box in the street")


def test_words_with_accents_and_elisions():
    assert terms_of("L'abonnement a été résilié", "fr") >= {"abonnement", "résilié"}
    assert terms_of("re\u0301silie\u0301", "fr") == {"résilié"}  # however the accents are stored
    assert "आदेश" in terms_of("मेरा आदेश नहीं आया", "hi")


def test_an_english_order_is_a_subject():
    assert "order" in terms_of("where is the order")
    assert "the" in stop_words("en")
    assert stop_words("xx") == frozenset()


@pytest.mark.parametrize(
    ("language", "texts", "expected"),
    [
        (
            "zh",
            ["订单没有到货，请退款", "我要退款，订单有问题", "物流太慢了，快递没有到", "快递员态度不好，物流慢"],
            ("退款", "快递"),
        ),
        (
            "ja",
            ["注文のキャンセルを", "キャンセルできますか", "ログインができません", "ログイン画面が"],
            ("キャンセル", "ログイン"),
        ),
        ("th", ["ขอคืนเงินด้วย", "คืนเงินช้ามาก", "สินค้าเสียหาย", "กล่องเสียหายหมด"], ("คืนเงิน", "เสียหาย")),
    ],
)
def test_scripts_without_spaces_give_words_not_sentences(language, texts, expected):
    assert guess_language(texts) == language
    found = keywords_of(texts, [0, 0, 1, 1], language=None)
    for words, word in zip(found, expected, strict=True):
        assert any(word in one or one in word for one in words[:3])
        assert all(len(one) <= 12 for one in words)


@pytest.mark.parametrize("text", ["", "the and of", "12 34", "!!! ???", "的"])
def test_texts_without_words_have_no_keywords(text):
    vectors = unit(6)
    (topic,) = describe(count_terms([text] * 6), vectors, clustering_of([0] * 6, vectors))
    assert topic.keywords == ()
    assert topic.name == "Cluster 1"
    assert len(topic.representatives) == 5


def test_a_term_of_a_single_text_is_no_keyword_among_many():
    texts = [f"battery flat unique{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(60)]
    assert set(count_terms(texts, "en").terms) == {"battery", "flat", "battery flat"}
    assert not any("unique" in term for term in count_terms(texts, "en").terms)
    assert any("unique" in term for term in count_terms(texts[:10], "en").terms)


# Topics


def test_topics_come_in_order_and_noise_last():
    vectors = unit(10)
    labels = [0, 0, 0, 1, 1, -1, 0, 1, -1, 0]
    texts = ["battery"] * 10
    topics = describe(count_terms(texts), vectors, clustering_of(labels, vectors))
    assert [(t.cluster, t.size) for t in topics] == [(0, 5), (1, 3), (-1, 2)]
    assert topics[-1].name == "Noise"
    for topic in topics:
        assert all(labels[row] == topic.cluster for row in topic.representatives)


def test_nothing_but_noise():
    vectors = unit(4)
    (topic,) = describe(count_terms(["red shoes"] * 4), vectors, clustering_of([-1] * 4, vectors))
    assert (topic.cluster, topic.size) == (-1, 4)


def test_name_and_number_of_keywords():
    vectors = unit(3)
    texts = ["alpha beta gamma delta epsilon zeta"] * 3
    counts, clustering = count_terms(texts), clustering_of([0, 0, 0], vectors)
    (topic,) = describe(counts, vectors, clustering, keywords=4, representatives=2)
    assert len(topic.keywords) <= 4
    assert len(topic.representatives) == 2
    assert topic.name == ", ".join(word for word, _ in topic.keywords[:3])
    weights = [weight for _, weight in topic.keywords]
    assert weights == sorted(weights, reverse=True)


def test_cohesion_is_the_mean_cosine_to_the_centroid():
    vectors = unit(12)
    clustering = clustering_of([0] * 12, vectors)
    (topic,) = describe(count_terms(["shoe"] * 12), vectors, clustering)
    assert topic.cohesion == pytest.approx(float(np.mean([v @ clustering.centroids[0] for v in vectors])), abs=1e-6)


def test_representatives_are_central_and_not_the_same_text_twice():
    rng = np.random.default_rng(0)
    centre = unit(1, 16)[0]
    vectors = centre + 0.12 * rng.normal(size=(40, 16))
    vectors[:6] = centre  # one text, six times, right in the middle
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    (topic,) = describe(count_terms(["shoe"] * 40), vectors, clustering_of([0] * 40, vectors), representatives=5)
    assert topic.representatives[0] == 0
    assert len(set(topic.representatives)) == 5
    assert sum(row < 6 for row in topic.representatives) == 1
    nearness = vectors @ centre
    assert nearness[list(topic.representatives)].mean() > nearness[6:].mean()


def test_repeated_texts_fill_up_when_there_is_nothing_else():
    vectors = np.repeat(unit(1), 4, axis=0)
    (topic,) = describe(count_terms(["shoe"] * 4), vectors, clustering_of([0] * 4, vectors), representatives=9)
    assert sorted(topic.representatives) == [0, 1, 2, 3]


@settings(deadline=None, max_examples=30)
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=12), k=st.integers(1, 4), seed=st.integers(0, 3))
def test_any_text_is_described(texts, k, seed):
    vectors = unit(len(texts), seed=seed)
    labels = np.arange(len(texts)) % min(k, len(texts))
    counts = count_terms(texts)
    topics = describe(counts, vectors, clustering_of(labels, vectors))
    assert sum(topic.size for topic in topics) == len(texts)
    assert describe(count_terms(texts), vectors, clustering_of(labels, vectors)) == topics
    for topic in topics:
        words = [word for word, _ in topic.keywords]
        assert len(set(words)) == len(words) <= 8
        assert all(weight > 0 for _, weight in topic.keywords)


def test_cancel_stops_counting():
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        count_terms(["a shoe"], "en", watch=Watch(cancel=stop))


# Spelling


@pytest.mark.parametrize(
    ("language", "texts", "term"),
    [
        ("en", ["The ｐａｒｃｅｌ is late", "a par\u00adcel", "my parcel"], "parcel"),
        ("en", ["ﬁnish", "finish"], "finish"),
        ("tr", ["İADE EDİN", "iade", "İade"], "iade"),
        ("tr", ["KALICI hasar", "kalıcı hasar"], "kalıcı"),
        ("ro", ["şosea", "șosea", "șosea"], "șosea"),
        ("el", ["ΠΑΡΑΓΓΕΛΙΑ", *["παραγγελία"] * 2], "παραγγελία"),
        ("ar", ["الخدمه", *["الخدمة"] * 2], "الخدمة"),
        ("th", ["น้ำดื่ม"] * 2, "น้ำดื่ม"),
    ],
)  # fmt: skip
def test_a_word_counts_as_one_however_it_is_spelled_and_is_shown_as_most_spell_it(language, texts, term):
    counted = count_terms(texts, language)
    assert counted.terms.count(term) == 1
    assert counted.counts[:, [counted.terms.index(term)]].sum() == len(texts)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("tr", "İÇİN ÇOK DEĞİL"),
        ("ar", "انا انت"),  # as most people type them: without hamza
        ("el", "ΑΥΤΟ ΕΙΝΑΙ"),
        ("ro", "şi"),
        ("uk", "завжди дуже потрібно"),
    ],
)  # fmt: skip
def test_stop_words_are_known_in_every_spelling(language, text):
    assert terms_of(text, language) == set()


def test_a_sign_is_no_word():
    assert terms_of("Sony™ lamp") == {"sony", "lamp"}


# Language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The order never arrived and nobody answers my emails"),
        ("fr", "La commande n’est jamais arrivée et personne ne répond à mes messages"),
        ("de", "Die Bestellung ist nie angekommen und niemand antwortet auf meine Mails"),
        ("es", "El pedido nunca llegó y nadie responde a mis correos, por qué"),
        ("it", "L'ordine non è mai arrivato e nessuno risponde alle mie email"),
        ("pt", "O pedido nunca chegou e ninguém responde aos meus emails, não sei"),
        ("nl", "De bestelling is nooit aangekomen en niemand beantwoordt mijn mails"),
        ("pl", "Zamówienie nigdy nie dotarło i nikt nie odpowiada na moje maile"),
        ("ru", "Заказ так и не пришёл, и никто не отвечает на мои письма"),
        ("tr", "Sipariş hiç gelmedi ve kimse bu konuda bana cevap vermiyor"),
        ("tr", "SİPARİŞ HİÇ GELMEDİ VE KİMSE BU KONUDA BANA CEVAP VERMİYOR"),
        ("uk", "Товар прийшов дуже пізно і не працює, я дуже незадоволена цією покупкою"),
        ("ar", "لم يصل الطلب أبدا ولا أحد يرد على رسائلي"),
        ("ko", "주문이 오지 않았고 아무도 답장하지 않습니다"),
    ],
)
def test_languages(language, text):
    assert guess_language([text]) == language
    assert count_terms([text]).language == language


@pytest.mark.parametrize("texts", [[], [""], ["12 34"], ["Bluetooth speaker waterproof"], ["asdf qwer"]])
def test_english_when_in_doubt(texts):
    assert guess_language(texts) == "en"


def test_most_texts_decide():
    german = "Die Bestellung ist nie angekommen und niemand antwortet auf meine Mails"
    english = "The order never arrived and nobody answers my emails"
    assert guess_language([german] * 8 + [english] * 2) == "de"
    assert guess_language([german] * 2 + [english] * 8) == "en"


def test_a_topic_is_tight_among_those_of_its_run_and_the_noise_does_not_count():
    topics = [
        Topic(cluster, 3, (), (), cohesion, "") for cluster, cohesion in ((-1, 0.0), (0, 0.3), (1, 0.5), (2, 0.4))
    ]
    assert [is_tight(topic, topics) for topic in topics[1:]] == [False, True, True]


def test_where_all_is_noise_nothing_is_tight():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        noise = Topic(-1, 3, (), (), 0.9, "Noise")
        assert is_tight(noise, [noise]) is False
