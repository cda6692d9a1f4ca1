"""FETCH and ORCHESTRATE: from sources to pages."""
