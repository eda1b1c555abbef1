"""A run as files: tables, reports, map image, recipe, and back again."""
