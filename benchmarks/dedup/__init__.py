"""How well near-duplicates are found, and at what cost: edited copies of real texts, and a growing background."""
