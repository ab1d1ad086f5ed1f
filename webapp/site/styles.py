"""The style sheets that pages inline, minified: each page gets only the rules that it needs."""

import re
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from webapp.sources.load import STYLES


@dataclass(frozen=True, slots=True)
class Styles:
    """One style sheet for each kind of page. Every page holds exactly one of them, in its one style element."""

    page: Markup
    other: Markup
    plain: Markup

    @property
    def all(self) -> tuple[str, ...]:
        """Each of them, for the policy that allows it by digest."""
        return str(self.page), str(self.other), str(self.plain)

    def extended(self, css: str) -> "Styles":
        """Return these with `css`, our own and minified, at the end of each."""
        return Styles(*(Markup(style + css) for style in self.all))  # noqa: S704 - our own style sheets


def load_styles(root: Path) -> Styles:
    """Read and minify the style sheets of static/."""
    page, other, plain = (minify_css((root / name).read_text("utf-8")) for name in STYLES)
    return to_styles(page, other, plain)


def to_styles(page: str, other: str = "", plain: str = "") -> Styles:
    """Make Styles of three minified style sheets; `other` comes after that of all pages."""
    return Styles(Markup(page), Markup(page + other), Markup(plain))  # noqa: S704 - our own style sheets


def minify_css(css: str) -> str:
    """Take comments and needless white space out of a style sheet."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    bare = re.sub(r"\s+", " ", bare)
    return re.sub(r" ?([{};,]) ?", r"\1", bare).replace(";}", "}").strip()
