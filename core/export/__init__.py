"""A labelled run as files: tables, a picture of the map, a report; and tables read back."""
