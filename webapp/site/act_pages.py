"""The pages of guarded acts, and the two plain forms of an article: text only, and for paper.

`/<locale>/<slug>/<act>` shows the notice with the act's own sentence, a way back and a deliberate second step, to
`/<locale>/<slug>/<act>/go`. A reader with a Proof for every notice that guards the act skips the first.
"""

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.model import Act, Article, ArticleText, Locale, LocaleTag
from webapp.site import urls
from webapp.site.acts import comments, guarded_acts, offered_acts, share_view
from webapp.site.answers import error_page, may_be_kept, page_response
from webapp.site.asking import asked_article, asked_locale, decide_for, redirect_to
from webapp.site.render import find_article_text
from webapp.site.state import current_edition, current_renderer

acts = Blueprint("acts", __name__)


@acts.route("/<locale_text>/<slug>/text", endpoint="text")
def text_only(locale_text: str, slug: str) -> BaseResponse:
    """Give an article without pictures and script: the smallest page that is whole."""
    locale, article = asked_locale(locale_text), asked_article(slug)
    path = urls.text_only(locale.tag, article.slug)
    if request.path != path:
        return redirect_to(path)
    text = find_article_text(article, locale)
    return error_page(404, locale, article) if text is None else _plain_page(locale, article, text, on_paper=False)


@acts.route("/<locale_text>/<slug>/<act_text>", endpoint="act")
def act_page(locale_text: str, slug: str, act_text: str) -> BaseResponse:
    """Warn before an act on an article, or go straight to it for a reader with a Proof."""
    locale, article, act = asked_locale(locale_text), asked_article(slug), _asked_act(act_text)
    path = urls.act(locale.tag, article.slug, act)
    return redirect_to(path) if request.path != path else _act_page(locale, article, act, going=False)


@acts.route("/<locale_text>/<slug>/<act_text>/go", endpoint="go")
def go_page(locale_text: str, slug: str, act_text: str) -> BaseResponse:
    """Give what performs the act, after the reader has decided to go on."""
    locale, article, act = asked_locale(locale_text), asked_article(slug), _asked_act(act_text)
    path = urls.act_go(locale.tag, article.slug, act)
    return redirect_to(path) if request.path != path else _act_page(locale, article, act, going=True)


@acts.route("/<locale_text>/contact", endpoint="contact")
def contact(locale_text: str) -> BaseResponse:
    """Warn before writing to the newsroom, with no article at hand."""
    locale = asked_locale(locale_text)
    path = urls.contact(locale.tag)
    return redirect_to(path) if request.path != path else _contact_page(locale, going=False)


@acts.route("/<locale_text>/contact/go", endpoint="contact_go")
def contact_go(locale_text: str) -> BaseResponse:
    """Give the ways to write to the newsroom."""
    locale = asked_locale(locale_text)
    path = urls.contact_go(locale.tag)
    return redirect_to(path) if request.path != path else _contact_page(locale, going=True)


def _asked_act(text: str) -> Act:
    act = next((it for it in offered_acts(current_edition().site) if it.value == text.lower()), None)
    if act is None:
        raise NotFound
    return act


def _act_page(locale: Locale, article: Article, act: Act, *, going: bool) -> BaseResponse:
    text = find_article_text(article, locale)
    if text is None:
        return error_page(404, locale, article)
    edition, renderer = current_edition(), current_renderer()
    decision = decide_for((locale.tag, text.locale))
    guarded = not going and act in guarded_acts(edition, decision)
    if act is Act.SAVE and not guarded:
        return _plain_page(locale, article, text, on_paper=True)
    view = renderer.article(article, text, locale)
    spelled = urls.act_go if going else urls.act
    page = renderer.page(
        locale,
        decision,
        title=text.title,
        path=lambda tag: spelled(tag, article.slug, act),
        exists=article.texts,
        robots="noindex",
        act=act,
    )
    body = renderer.render(
        "act.html",
        page,
        act=act.value,
        article=view,
        guarded=guarded,
        back_url=view.url,
        go_url=urls.act_go(locale.tag, article.slug, act),
        share=share_view(edition.site.base_url + urls.article(text.locale, article.slug)),
        comments=comments(edition.site, article.slug),
        contact=edition.site.contact,
    )
    return may_be_kept(page_response(body, locale.tag))


def _contact_page(locale: Locale, *, going: bool) -> BaseResponse:
    act = _asked_act(Act.CONTACT)
    edition, renderer = current_edition(), current_renderer()
    decision = decide_for((locale.tag,))
    page = renderer.page(
        locale,
        decision,
        title=renderer.words(locale).tp("act", "Write to us").plain,
        path=urls.contact_go if going else urls.contact,
        robots="noindex",
        act=act,
    )
    body = renderer.render(
        "act.html",
        page,
        act=act.value,
        article=None,
        guarded=not going and act in guarded_acts(edition, decision),
        back_url=urls.front(locale.tag),
        go_url=urls.contact_go(locale.tag),
        contact=edition.site.contact,
    )
    return may_be_kept(page_response(body, locale.tag))


def _plain_page(locale: Locale, article: Article, text: ArticleText, *, on_paper: bool) -> BaseResponse:
    renderer = current_renderer()

    def path(tag: LocaleTag) -> str:
        return urls.act_go(tag, article.slug, Act.SAVE) if on_paper else urls.text_only(tag, article.slug)

    page = renderer.page(locale, decide_for((locale.tag, text.locale)), title=text.title, path=path, robots="noindex")
    body = renderer.render("plain.html", page, article=renderer.article(article, text, locale), on_paper=on_paper)
    return may_be_kept(page_response(body, locale.tag))
