"""The pages of `parley demo`: what a requester, an agent and the other side see, and a clock to move."""

from sandbox.pages.desk_view import CaseView, DeskView, DoneByDesk, ListedCase, ReportKind
from sandbox.pages.seed import seed
from sandbox.pages.site import create_pages

__all__ = ["CaseView", "DeskView", "DoneByDesk", "ListedCase", "ReportKind", "create_pages", "seed"]
