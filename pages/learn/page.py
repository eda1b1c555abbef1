"""Learn: what an instruction does, in five steps on live data."""

from pages.learn.steps import STEPS
from pages.shared.elements.choice import one_of
from pages.shared.frame import frame

frame()
titles = [title for title, _ in STEPS]
dict(STEPS)[one_of("Step", titles, "learn step")]()
