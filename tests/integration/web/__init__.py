"""The web app over real databases."""
