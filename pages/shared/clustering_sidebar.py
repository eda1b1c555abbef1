"""The rail's third part: how to cluster."""

from typing import Literal

import streamlit as st

from core.pipeline.clustering.cluster import ClusterSettings


def clustering_rail(texts: int) -> ClusterSettings:
    """Let the user choose a method and its settings."""
    st.subheader("Clusters", anchor=False)
    method = st.segmented_control(
        "Method",
        ["kmeans", "hdbscan"],
        default="kmeans",
        required=True,
        key="method",
        label_visibility="collapsed",
        persist_state="session",
        format_func={"kmeans": "k-means", "hdbscan": "HDBSCAN"}.__getitem__,
        help="k-means puts every text into one of k clusters. HDBSCAN finds dense groups and leaves the rest as noise.",
    )
    if method == "kmeans":
        choose = st.toggle(
            "Choose k by silhouette",
            value=True,
            key="auto_k",
            persist_state="session",
            help="Tries several k and takes the one whose clusters are best apart.",
        )
        k = None
        if not choose:
            k = st.slider("Clusters (k)", 2, min(40, texts - 1), min(8, texts - 1), key="k", persist_state="session")
        return ClusterSettings(method="kmeans", k=k)
    largest = max(3, min(200, texts // 2))
    size = st.slider(
        "Smallest cluster",
        2,
        largest,
        min(max(5, texts // 50), largest),
        key="min_size",
        persist_state="session",
        help="Fewer texts than this make no cluster.",
    )
    space: Literal["embedding", "umap"] = st.segmented_control(
        "Find density in",
        ["umap", "embedding"],
        default="umap",
        required=True,
        key="space",
        persist_state="session",
        format_func={"umap": "UMAP, 5 dimensions", "embedding": "the embedding"}.__getitem__,
    )
    assign = st.toggle(
        "Give noise to the nearest cluster",
        key="assign_noise",
        persist_state="session",
        help="Such texts are drawn as open rings, and marked in the table.",
    )
    return ClusterSettings(method="hdbscan", min_cluster_size=size, space=space, assign_noise=assign)


def set_clusters(clusters: ClusterSettings) -> None:
    """Make the rail stand at these settings."""
    held = st.session_state
    held["method"], held["assign_noise"] = clusters.method, clusters.assign_noise
    if clusters.method == "kmeans":
        held["auto_k"] = clusters.k is None
        if clusters.k is not None:
            held["k"] = clusters.k
        return
    if clusters.min_cluster_size is not None:
        held["min_size"] = clusters.min_cluster_size
    held["space"] = clusters.space or "umap"
