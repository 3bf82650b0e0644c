"""Certificates: issued, revoked, checked by anybody who holds one."""

from lms.certificates.privacy import CertificatesData
from lms.certificates.views import pages
from lms.plugin import Plugin

feature = Plugin("certificates", "lms.certificates", contributes=(pages, CertificatesData()))
