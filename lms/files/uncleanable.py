"""What is said when a file cannot be freed of what it tells about its author."""


class Uncleanable(Exception):
    """No copy without properties can be had; the reason is for the log."""
