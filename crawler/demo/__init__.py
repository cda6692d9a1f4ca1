"""A packaged news web on loopback: three fictional outlets to crawl without touching the network."""
