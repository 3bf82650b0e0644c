"""A corpus of mistakes: Markdown with what must be said about it. See README.md beside this file."""
