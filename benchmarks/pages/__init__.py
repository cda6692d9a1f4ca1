"""How long the server takes for each page, beside the bare SQL that reads the same."""
