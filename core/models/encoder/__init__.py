"""The general encoder: exact by the recipe on a model's card, fast by packing texts of like length."""
