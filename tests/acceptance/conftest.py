"""Which acceptance tests run on both databases: starting processes takes seconds, and the storage tests run on both anyway."""

from __future__ import annotations

import os

import pytest

ON_BOTH = (
    "test_first_run_stores_and_second_fetches_nothing",
    "test_an_updated_article_becomes_a_revision",
    "test_kill_in_the_middle_then_finish",
    "test_daemon_polls_reloads_and_drains",
    "test_a_second_daemon_says_who_has_the_database_and_a_killed_one_leaves_it",
    "test_the_lock_is_one_per_database_and_free_after_release",
    "test_one_off_crawls_tell_and_a_reprint_is_told_once",
    "test_three_outlets_tell_one_story",
    "test_it_serves_the_stored_articles_and_stops_on_sigterm",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the others to NEWSDESK_TESTS=all, which takes half an hour on two cores."""
    if os.environ.get("NEWSDESK_TESTS") == "all":
        return
    left = [item for item in items if "/acceptance/" in item.nodeid and "[postgresql" in item.nodeid]
    left = [item for item in left if getattr(item, "originalname", "") not in ON_BOTH]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]
