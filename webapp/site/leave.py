"""Leaving quickly: the exit, the plain page it leads to where editors name no other, and what it can and cannot do."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.site import urls
from webapp.site.answers import may_be_kept, page_response, without_article
from webapp.site.asking import asked_locale, redirect_to
from webapp.site.headers import Kind
from webapp.site.state import current_edition, current_renderer

leaving = Blueprint("leaving", __name__)


@leaving.route("/<locale_text>/leave", endpoint="leave")
def leave(locale_text: str) -> BaseResponse:
    """Ask the browser to forget what it kept of this site, and send it away. 303, so that no method is repeated."""
    locale = asked_locale(locale_text)
    target = current_edition().site.leave.get(locale.tag, urls.blank(locale.tag))
    return without_article(redirect(target, 303), Kind.EXIT)


@leaving.route("/<locale_text>/blank", endpoint="blank")
def blank(locale_text: str) -> BaseResponse:
    """Give a page with nothing of this site on it."""
    locale = asked_locale(locale_text)
    if request.path != urls.blank(locale.tag):
        return redirect_to(urls.blank(locale.tag))
    page = current_renderer().page(locale, None, title="")
    return may_be_kept(without_article(page_response(current_renderer().render("blank.html", page), locale.tag)))


@leaving.route("/<locale_text>/leaving", endpoint="leaving")
def about_leaving(locale_text: str) -> BaseResponse:
    """Say plainly what leaving quickly can and cannot do."""
    locale = asked_locale(locale_text)
    if request.path != urls.leaving(locale.tag):
        return redirect_to(urls.leaving(locale.tag))
    renderer = current_renderer()
    title = renderer.words(locale).t("Leaving quickly").plain
    page = renderer.page(locale, None, title=title, path=urls.leaving, canonical=locale.tag)
    return may_be_kept(without_article(page_response(renderer.render("leaving.html", page), locale.tag)))
