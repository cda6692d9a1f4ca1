"""Tell people what their saved searches have found: choose, compose, and hand over to the deliveries."""
