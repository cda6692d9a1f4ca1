"""TURN a page into an article."""
