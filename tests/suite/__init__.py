"""Tests about the whole: what holds for every route, page, plugin and file, whichever they are."""
