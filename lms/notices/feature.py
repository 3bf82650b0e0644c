"""Notices, letters, and the work of time."""

from lms.i18n import mark
from lms.notices.privacy import NoticesData
from lms.notices.views import pages
from lms.plugin import NoticeKind, Plugin

feature = Plugin(
    "notices",
    "lms.notices",
    contributes=(
        pages,
        NoticeKind("activity", mark("Works, marks and answers")),
        NoticeKind("enrolment", mark("Enrolment on courses")),
        NoticeKind("certificate", mark("Certificates")),
        NoticeKind("reminder", mark("Reminders of deadlines")),
        NoticesData(),
    ),
)
