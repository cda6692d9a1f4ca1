"""Pure: bytes of a feed, sitemap or section page → links."""
