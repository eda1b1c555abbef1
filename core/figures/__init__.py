"""Every plotly figure."""
