"""Watching the sources: pure judgement of how each is, and the shell that counts, judges and tells."""
