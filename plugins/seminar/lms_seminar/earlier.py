"""Sentences of earlier versions: nothing writes them any more, but notices that were kept are still read."""

from lms.plugin import mark

SENTENCES = (mark("A seat has become free: you take part in “{seminar}”."),)
