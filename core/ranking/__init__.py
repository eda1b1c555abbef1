"""Instructions against labels: scores with intervals, controls and suggestions."""
