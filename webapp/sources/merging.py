"""Catalogs brought up to date with their templates. Legal text is matched exactly or not at all.

In the interface a changed word keeps its old translation as a suggestion: marked fuzzy, with its previous source, and
therefore not used until a translator has looked. For legal text likeness is no help: "you must share" is like
"you must not share".
"""

from difflib import SequenceMatcher

import polib

from webapp.core.model import Locale

LIKE = 0.7
"""How alike two sources must be, from 0 to 1, for the translation of one to be suggested for the other."""
WIDTH = 100


def new_catalog(template: polib.POFile, locale: Locale) -> polib.POFile:
    """Return an empty catalog with the header that the registry asks for, and the mark of unreviewed words."""
    catalog = polib.POFile(wrapwidth=WIDTH)
    catalog.header = ' Written without a native speaker\'s review: config/locales.toml says state = "draft".'
    catalog.metadata = {
        "Project-Id-Version": "webapp",
        "Language": locale.tag,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": locale.plural_forms,
    }
    return merge_catalog(catalog, template, locale, suggest=False)


def merge_catalog(catalog: polib.POFile, template: polib.POFile, locale: Locale, suggest: bool) -> polib.POFile:
    """Bring a catalog up to date with its template, in place. `suggest` keeps the words of changed sources, fuzzy."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalog if not entry.obsolete}
    catalog.wrapwidth = WIDTH
    catalog.merge(template)
    forms = int(locale.plural_forms.partition("nplurals=")[2].partition(";")[0])
    for entry in catalog:
        if entry.msgid_plural and not entry.obsolete:  # the template has two forms, whatever the language has
            entry.msgstr_plural = {form: entry.msgstr_plural.get(form, "") for form in range(forms)}
    if suggest:
        gone = [entry for entry in catalog if entry.obsolete and (entry.msgctxt, entry.msgid) in known]
        for entry in catalog:
            if not entry.obsolete and (entry.msgctxt, entry.msgid) not in known and not entry.msgid_plural:
                _suggest(entry, gone)
    order = {(entry.msgctxt, entry.msgid): place for place, entry in enumerate(template)}
    catalog.sort(key=lambda entry: (entry.obsolete, order.get((entry.msgctxt, entry.msgid), 0)))
    return catalog


def _suggest(entry: polib.POEntry, gone: list[polib.POEntry]) -> None:
    """Fill an entry from the obsolete one of the same msgctxt that is most like it."""
    like = [(SequenceMatcher(None, it.msgid, entry.msgid).ratio(), it) for it in gone if it.msgctxt == entry.msgctxt]
    score, best = max(like, key=lambda pair: pair[0], default=(0.0, None))
    if best is not None and score >= LIKE and best.msgstr and not best.msgid_plural:
        entry.msgstr = best.msgstr
        entry.previous_msgid = best.msgid
        entry.flags = [*entry.flags, "fuzzy"]
