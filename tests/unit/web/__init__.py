"""The web room without a database."""
