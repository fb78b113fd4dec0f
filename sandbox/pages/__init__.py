"""The pages of `parley demo`: what a requester, an agent and the other side see, and a clock to move."""

from sandbox.pages.app import create_pages
from sandbox.pages.desk import CaseRow, CaseView, DeskView
from sandbox.pages.seed import seed

__all__ = ["CaseRow", "CaseView", "DeskView", "create_pages", "seed"]
