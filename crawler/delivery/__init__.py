"""Deliver messages to people's webhooks, mailboxes and commands: at least once, with a stable id, never in the way."""
