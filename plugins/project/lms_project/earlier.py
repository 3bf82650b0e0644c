"""Sentences of earlier versions: nothing writes them any more, but notices and explanations that were kept are still read."""

from lms.plugin import mark

SENTENCES = (
    mark("{name} has handed in “{stage}” for the team."),
    mark("“{stage}” of “{project}” is accepted."),
    mark("“{stage}” of “{project}” was given back to be changed: read why."),
    mark("You have more time for “{stage}” of “{project}”."),
    mark("{given}% by the criteria: {points} of {most} points."),
    mark("{given}% by the criteria: {points} of {most} points. {pass}% was needed."),
    mark("{given}% by the criteria, less {taken}% of that for late hand-ins ({stages}): {points} of {most} points."),
    mark(
        "{given}% by the criteria, less {taken}% of that for late hand-ins ({stages}): {points} of {most} points. {pass}% was needed."
    ),
)
