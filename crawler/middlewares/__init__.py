"""Downloader middlewares: politeness and protection."""
