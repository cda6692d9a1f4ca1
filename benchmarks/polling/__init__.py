"""How soon articles are found, and how many are lost, with a budget of polls: a seeded simulation of sources."""
