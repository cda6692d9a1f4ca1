"""Scrapy's own verbs, as newsdesk needs them."""
