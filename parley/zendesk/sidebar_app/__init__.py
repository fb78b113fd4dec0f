"""The sidebar app as a package that Zendesk takes: its files, the rules that Zendesk holds it to, and the zip.

Pure but for reading the app's own files: nothing is asked or sent.
"""

from parley.zendesk.sidebar_app.app_package import AppPackage, BadAddress, sidebar_package, version_of
from parley.zendesk.sidebar_app.validation import AppFinding, validate

__all__ = ["AppFinding", "AppPackage", "BadAddress", "sidebar_package", "validate", "version_of"]
