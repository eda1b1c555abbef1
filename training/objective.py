"""What the read-out is trained to do: three losses over a batch of vectors under one aspect."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

CONTRAST_TEMPERATURE = 0.07
HARD = 2.0
NAME_TEMPERATURE = 0.05
KEEP_TEMPERATURE = 0.05


def contrast(
    vectors: Tensor, classes: Tensor, temperature: float = CONTRAST_TEMPERATURE, beside: Tensor | None = None
) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, equation 2): texts of a class together, of others apart.

    Parameters
    ----------
    vectors : (batch, width) float32, rows of length 1.
    classes : (batch,) int64, the class of each; -1 for a text without one, which is left out.
    beside : (batch,) int64, the class of each under another aspect, -1 for none. A text that is alike only there is
        what an instruction has to tell apart: as a negative it counts ``HARD`` times.

    Returns
    -------
    Scalar; 0 where no class has two texts.
    """
    known = classes >= 0
    vectors, classes = vectors[known], classes[known]
    beside = None if beside is None else beside[known]
    same = (classes[:, None] == classes).fill_diagonal_(False)
    pairs = same.sum(1)
    if not bool(pairs.any()):
        return vectors.sum() * 0
    scores = (vectors @ vectors.T / temperature).fill_diagonal_(float("-inf"))
    if beside is not None:
        hard = (beside[:, None] == beside) & (beside >= 0) & (classes[:, None] != classes)
        scores = scores + hard * math.log(HARD)
    likely = scores - scores.logsumexp(1, keepdim=True)
    per_text = -likely.masked_fill(~same, 0).sum(1) / pairs.clamp(min=1)
    return per_text[pairs > 0].mean()


def naming(vectors: Tensor, classes: Tensor, names: Tensor, temperature: float = NAME_TEMPERATURE) -> Tensor:
    """Cross-entropy of each text's class among the class names' plain vectors.

    Parameters
    ----------
    vectors, classes : as for `contrast`.
    names : (number of classes, width) float32, plain vectors of the names, rows of length 1.
    """
    known = classes >= 0
    if not bool(known.any()):
        return vectors.sum() * 0
    return F.cross_entropy(vectors[known] @ names.T / temperature, classes[known])


def keep(vectors: Tensor, plain: Tensor, temperature: float = KEEP_TEMPERATURE) -> Tensor:
    """Distance to the plain model's sense of similarity: KL between the batch's neighbour distributions.

    Parameters
    ----------
    vectors, plain : (batch, width) float32, rows of length 1; ours and the plain model's.
    """
    ours, theirs = (
        F.log_softmax((part @ part.T / temperature).masked_fill(torch.eye(len(part), dtype=torch.bool), -1e4), 1)
        for part in (vectors, plain)
    )
    return F.kl_div(ours, theirs, reduction="batchmean", log_target=True)
