"""The verbs of the `newsdesk` command, one module each."""
