"""The product, for a server that wants an object."""

from lms.app import create_app

app = create_app()
