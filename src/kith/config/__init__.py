"""Settings, URLs and the WSGI entrance."""
