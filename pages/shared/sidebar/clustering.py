"""The sidebar's part for the groups: how many, or how clear."""

from typing import Literal

import streamlit as st

from core.pipeline.clustering.cluster import ClusterSettings
from pages.shared.elements.choice import one_of


def clustering_rail(texts: int) -> ClusterSettings:
    """Let the user choose a method and its settings."""
    st.subheader("Groups", anchor=False)
    method = one_of(
        "Method",
        ["kmeans", "hdbscan"],
        "method",
        {"kmeans": "Every text in a group", "hdbscan": "Only clear groups"}.__getitem__,
        help="Every text in a group: k-means. Only clear groups: HDBSCAN finds dense groups and leaves the rest out.",
    )
    if method == "kmeans":
        choose = st.toggle(
            "Choose the number of groups for me",
            value=True,
            key="auto_k",
            persist_state="session",
            help="Tries several numbers and takes the one whose groups are best apart (by silhouette).",
        )
        k = None
        if not choose:
            k = st.slider(
                "Number of groups", 2, min(40, texts - 1), min(8, texts - 1), key="k", persist_state="session"
            )
        return ClusterSettings(method="kmeans", k=k)
    largest = max(3, min(200, texts // 2))
    size = st.slider(
        "Smallest group",
        2,
        largest,
        min(max(5, texts // 50), largest),
        key="min_size",
        persist_state="session",
        help="Fewer texts than this make no group.",
    )
    space: Literal["embedding", "umap"] = st.segmented_control(
        "Look for groups in",
        ["umap", "embedding"],
        default="umap",
        required=True,
        key="space",
        persist_state="session",
        format_func={"umap": "the map's structure", "embedding": "the vectors"}.__getitem__,
    )
    assign = st.toggle(
        "Put ungrouped texts into the nearest group",
        key="assign_noise",
        persist_state="session",
        help="They are drawn as open rings, and marked in the table.",
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
