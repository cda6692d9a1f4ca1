"""`python -m crawler` is `newsdesk`."""

from crawler.cli import main

main()
