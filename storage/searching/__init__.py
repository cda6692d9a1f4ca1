"""The rooms of search: what is asked (asked), as SQL (conditions), in pages (paging, cursors), counted (counting)."""
