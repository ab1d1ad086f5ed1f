"""config/locales.toml: the registry of languages, its plural rules and its chains."""

from pathlib import Path

import pytest

from tests.unit.sources.damage import codes, faults
from webapp.core.model import Direction, LocaleState, LocaleTag
from webapp.sources.locales import language_aliases, load_locales, parse_plural_forms


def table(tag: str, **changes: object) -> str:
    """Return a good table, with changes; None takes a key out."""
    keys: dict[str, object] = {
        "endonym": "Name",
        "script": "Latn",
        "direction": "ltr",
        "catalog": tag,
        "formatting": "en",
        "plural_forms": "nplurals=2; plural=(n != 1);",
        "state": "full",
        **changes,
    }
    lines = (f"{key} = {value!r}" for key, value in keys.items() if value is not None)
    return f"['{tag}']\n" + "\n".join(lines) + "\n"


def write(root: Path, *tables: str) -> Path:
    (root / "config").mkdir(exist_ok=True)
    (root / "config/locales.toml").write_text("\n".join(tables), "utf-8")
    return root


def test_good_registry(tmp_path: Path) -> None:
    """Languages keep the order of the file, which is that of the menu."""
    persian = table("fa", script="Arab", direction="rtl", formatting="fa", digits="۰۱۲۳۴۵۶۷۸۹", ui_fallback=["en"])
    locales = load_locales(write(tmp_path, persian, table("en"), table("sr-Latn", formatting="sr_Latn", state="draft")))
    assert list(locales) == ["fa", "en", "sr-Latn"]
    assert locales[LocaleTag("fa")].direction is Direction.RTL
    assert locales[LocaleTag("fa")].ui_fallback == ("en",)
    assert locales[LocaleTag("fa")].legal_fallback == ()
    assert locales[LocaleTag("en")].digits == "0123456789"
    assert locales[LocaleTag("sr-Latn")].state is LocaleState.DRAFT


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        pytest.param(table("EN"), "locale.tag", "EN", id="a tag in capitals"),
        pytest.param(table("sr_Latn"), "locale.tag", "sr_Latn", id="an underscore"),
        pytest.param(table(".."), "locale.tag", "..", id="two dots"),
        pytest.param("[[de]]\nendonym = 'Deutsch'", "config.value", "de", id="a list for a table"),
        pytest.param(table("de", direction="down"), "config.value", "de.direction", id="an unknown direction"),
        pytest.param(table("de", script="latin"), "config.value", "de.script", id="a script that is no code"),
        pytest.param(table("de", catalog="../de"), "config.value", "de.catalog", id="a catalog outside"),
        pytest.param(table("de", formatting="xx_YY"), "config.value", "de.formatting", id="unknown to Babel"),
        pytest.param(table("de", formatting=""), "config.value", "de.formatting", id="no locale for dates"),
        pytest.param(table("av", formatting=None), "config.value", "av", id="no way to write a date"),
        pytest.param(table("av", date_pattern="{day}.{month}"), "config.value", "av.date_pattern", id="no year"),
        pytest.param(
            table("av", date_pattern="{day}.{month}.{year}{x}"), "config.value", "av.date_pattern", id="a strange brace"
        ),
        pytest.param(
            table("av", date_pattern="{day} {day} {month} {year}"), "config.value", "av.date_pattern", id="a day twice"
        ),
        pytest.param(
            table("av", date_pattern="{day} {month} {year}", months=["a", "b"]),
            "config.value",
            "av.months",
            id="two months",
        ),
        pytest.param(table("av", months=["m"] * 12), "config.value", "av", id="months without a pattern"),
        pytest.param(table("de", also=["DE_at"]), "config.value", "de.also", id="a range in another case"),
        pytest.param(table("de", also=["en"]), "locale.also", "de.also", id="a range that is a language of the site"),
        pytest.param(table("de", also=["nl", "nl"]), "locale.also", "de.also", id="a range twice"),
        pytest.param(table("de", digits="01234"), "config.value", "de.digits", id="five digits"),
        pytest.param(table("de", plural_forms="two"), "config.value", "de.plural_forms", id="no plural rule"),
        pytest.param(table("de", state="done"), "config.value", "de.state", id="an unknown state"),
        pytest.param(table("de", endonym=None), "config.value", "de.endonym", id="no name"),
        pytest.param(table("de", colour="red"), "config.unknown-key", "de.colour", id="an unknown key"),
        pytest.param(table("de", ui_fallback=["nl"]), "locale.chain", "de.ui_fallback", id="a chain to nowhere"),
        pytest.param(table("de", legal_fallback=["de"]), "locale.chain", "de.legal_fallback", id="a chain to itself"),
        pytest.param(
            table("de", article_fallback=["en", "en"]), "locale.chain", "de.article_fallback", id="a link twice"
        ),
        pytest.param(table("de", ui_fallback="en"), "config.value", "de.ui_fallback", id="a text for a chain"),
    ],
)
def test_faults(tmp_path: Path, text: str, code: str, key: str) -> None:
    """Each slip is found under the language that it stands in."""
    problems = faults(lambda: load_locales(write(tmp_path, table("en"), text)))
    assert (code, key) in {(problem.code, problem.key) for problem in problems}
    assert {problem.path for problem in problems} == {"config/locales.toml"}


def test_empty_file(tmp_path: Path) -> None:
    """A site without any language cannot be."""
    assert codes(faults(lambda: load_locales(write(tmp_path, "")))) == ["config.empty"]


def test_several_faults_at_once(tmp_path: Path) -> None:
    """Faults of different languages are told together."""
    problems = faults(
        lambda: load_locales(write(tmp_path, table("DE"), table("fr", state="x"), table("en", script="x")))
    )
    assert {problem.key for problem in problems} == {"DE", "fr.state", "en.script"}


@pytest.mark.parametrize(
    ("header", "forms", "expression"),
    [
        pytest.param("nplurals=1; plural=0;", 1, "0", id="one form"),
        pytest.param("nplurals=2; plural=(n != 1);", 2, "(n != 1)", id="two forms"),
        pytest.param(" nplurals = 2 ;plural=n>1", 2, "n>1", id="spacing is free"),
        pytest.param(
            "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
            3,
            "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)",
            id="Slavic",
        ),
    ],
)
def test_plural_forms(header: str, forms: int, expression: str) -> None:
    """A gettext header gives the number of forms and the rule that chooses among them."""
    assert parse_plural_forms(header) == (forms, expression)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="nothing"),
        pytest.param("plural=0", id="no number of forms"),
        pytest.param("nplurals=0; plural=0", id="no form"),
        pytest.param("nplurals=7; plural=0", id="more forms than any language has"),
        pytest.param("nplurals=2; plural=m", id="another variable"),
        pytest.param("nplurals=2; plural=n", id="a form beyond the last"),
        pytest.param("nplurals=2; plural=1/(n-1)", id="a division by zero"),
        pytest.param("nplurals=2; plural=__import__('os')", id="Python"),
        pytest.param("nplurals=2; plural=" + "(" * 5000, id="nested without end"),
        pytest.param("nplurals=2; plural=(n != 1;", id="a parenthesis is missing"),
        pytest.param("nplurals=" + "9" * 5000 + "; plural=0", id="a number without end"),
    ],
)
def test_not_plural_forms(header: str) -> None:
    """A rule that could fail at a reader's request is refused when it is read."""
    with pytest.raises(ValueError, match=r"."):
        parse_plural_forms(header)


@pytest.mark.parametrize(("name", "tag"), [("rus", "ru"), ("prs", "fa-AF"), ("iw", "he")])
def test_aliases(name: str, tag: str) -> None:
    """Old and three-letter names lead to the tag in use."""
    assert language_aliases()[name] == tag
