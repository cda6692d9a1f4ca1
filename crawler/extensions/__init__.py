"""Scrapy extensions of newsdesk."""
