"""The web room: an HTTP API, feeds and pages over a stored database, which they only read."""
