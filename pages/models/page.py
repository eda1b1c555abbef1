"""Models: what is here and what can be downloaded, a folder of one's own, and the way to models side by side."""

from pages.models.add import models_add
from pages.models.list import models_list
from pages.models.state import models_state
from pages.shared.elements.choice import one_of
from pages.shared.frame import frame

LIST, ADD = "All models", "Add a folder"

frame()
state = models_state()
if one_of("Section", [LIST, ADD], "models section") == ADD:
    models_add(state)
else:
    models_list(state)
