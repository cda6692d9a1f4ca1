"""Which acceptance tests run by default, and which on both databases: each starts processes, which takes seconds."""

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
    "test_three_outlets_tell_one_story",
    "test_it_serves_the_stored_articles_and_stops_on_sigterm",
)
LEFT = (
    "test_a_permanent_redirect_is_followed_at_its_second_time_and_back",
    "test_hosts_of_one_domain_share_a_rate_across_processes",
    "test_polling_goes_on_without_the_hub",
    "test_a_slow_host_gets_as_much_time_as_it_takes",
    "test_amp_and_print_versions_are_the_article",
    "test_once_reads_the_sitemaps_of_an_index_and_what_was_left_pending",
    "test_a_crawl_that_ends_by_itself_is_a_failure",
    "test_a_wall_a_missing_page_and_a_redirect_lose_no_text",
    "test_honest_304s_are_asked_in_full_and_trusted_again",
    "test_a_location_that_is_gone_is_forgotten",
    "test_an_overflow_without_older_pages_is_told_and_the_other_channels_are_asked",
    "test_a_304_that_was_not_asked_for_is_a_failure",
    "test_leases_are_renewed_and_ended",
    "test_a_moved_hub_is_left_and_a_refusal_is_kept",
    "test_what_a_start_looks_at",
    "test_a_page_that_is_given_up_says_so",
    "test_what_is_no_further_page_ends_an_article",
    "test_no_more_than_twenty_pages",
    "test_later_pages_that_are_listed_cost_one_request_each",
    "test_the_first_page_of_a_later_one_is_missing",
    "test_an_overloaded_host_is_left_alone_after_a_further_page_too",
    "test_a_larger_budget_polls_sooner",
    "test_a_declared_interval_learns_no_rhythm",
    "test_a_channel_that_another_crawl_has_polled_meanwhile_is_not_asked_again",
    "test_the_console_log_is_short",
    "test_nothing_is_deleted_unless_asked",
)
"""Tests that take long for what they add to the others."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the others to NEWSDESK_TESTS=all, which takes half an hour on two cores."""
    if os.environ.get("NEWSDESK_TESTS") == "all":
        return
    left = [item for item in items if "/acceptance/" in item.nodeid and _is_left(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _is_left(item: pytest.Item) -> bool:
    name = getattr(item, "originalname", item.name)
    return name in LEFT or ("[postgresql" in item.nodeid and name not in ON_BOTH)
