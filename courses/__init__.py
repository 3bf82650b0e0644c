"""The course format: a folder of Markdown files becomes a checked tree of HTML pieces. See README.md."""
