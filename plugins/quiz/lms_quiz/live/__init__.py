"""Rounds: a quiz played together, led by a tutor, question after question, with a time for each and a scoreboard."""
