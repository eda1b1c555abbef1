"""The instruction itself: template, advice, cost, paraphrases."""
