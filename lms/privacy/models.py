"""What is kept about accounts that are no more: the journal to be gone through again after a backup was put back."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class Erasure(Model):
    """That a person's data were erased: a number, an instant and what was done, nothing that says who it was."""

    __tablename__ = "erasure"

    id: Mapped[int] = column(Integer, primary_key=True)
    person_id: Mapped[int] = column(Integer, index=True, personal="link")
    at: Mapped[datetime] = column(Instant, personal="record")
    by: Mapped[str] = column(String(10), default="self")
    done: Mapped[str] = column(Text, personal="record")
