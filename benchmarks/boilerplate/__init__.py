"""How well boilerplate is learned: synthetic sites of real texts with service lines, and what is taken out of them."""
