"""How refract-small, the model that ships with Refract, was made: data, instructions, objective, evaluation."""
