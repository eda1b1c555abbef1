"""The sidebar of the pages: which texts, how they are read, which model, how many groups."""
