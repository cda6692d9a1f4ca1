"""Crawl a corpus of real pages, served on loopback as sites, with the real command."""
