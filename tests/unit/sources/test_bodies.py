"""Texts that are not parsed at once: each must be one that the parser would have let pass."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.errors import SourceError
from webapp.sources.bodies import is_innocent, keep_here, unpack
from webapp.sources.markdown import plain_text, render_markdown
from webapp.sources.parsing import CONTROL

PIECES = (
    "Word", "слово", "متن", " ", "  ", "    ", "\t", "\n", "\n\n", "#", "##", "####", "#####", "# ", "#\n", "=", "===",
    "---", "-", "- ", "* ", "+ ", "1. ", "1) ", "> ", ">", "[", "]", "(", ")", "](", "](https://", "](https://a",
    "](/en/x)", "](#a)", "](//evil", "](javascript:x)", "](data:x)", "](http://a)", "](/\\x)", "]: ", "]:",
    "[a]: http://x", "[a]", "![", "!", "!\\[", "\\", "\\[", "<", "<b>", "<https://a>", "&", "&#12;", "&lt;", "`", "```",
    "~~~", "*", "**", "_", "\\\n", "https://a.example", "http://a.example", '"', "'", "%0c", "%", "\r", "\u2028",
    "\u00a0", "\u200b", ":", "|", "^", "\f", "[x](https://a.example/b)", "[x](/en/y)", "[x](http://a)",
    "[x]( http://a)", "[x](\nhttp://a)", "[x][y]", "[y]: javascript:z",
)  # fmt: skip


def passes(markdown: str) -> bool:
    """Whether the parser lets a text pass."""
    try:
        render_markdown(markdown, "content/x/en.md")
    except SourceError:
        return False
    return True


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60))
@settings(max_examples=1500)
@example("[x](\thttp://a)")
@example("- # Heading")
@example("> > ###### Heading")
@example("1. a\n   ===")
@example("10) # Heading")
@example("[a](https://x)[b](http://y)")
@example("[a [b](/c)](http://y)")
def test_an_innocent_text_passes(markdown: str) -> None:
    """Whatever is believed without parsing would have passed the parser's checks; control characters come first."""
    if is_innocent(markdown.encode()) and not CONTROL.search(markdown):
        assert passes(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "A paragraph.\n\nAnother one, with *emphasis* and **more**.",
        "## A heading\n\n### Another\n\n#### A third\n\n- a\n- list\n\n1. a\n2. list\n\n> a quotation\n\n---\n\nEnd.",
        "A [link](https://example.org/a_b?c=d) and [one of ours](/en/reading-safely), and [a place](#here).",
        "Цена — 5 000 рублей (№ 129-ФЗ): «цитата», 2+2 = 4!",
        "A line that is underlined\n---\n\nand goes on.",
    ],
)
def test_what_editors_write_is_innocent(markdown: str) -> None:
    """Ordinary articles need not be parsed; or else nothing would be gained."""
    assert is_innocent(markdown.encode())
    assert passes(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "", "  \n", "# One", "##### Five", "###### Six", "Title\n===", "> # One", "- # One", "<b>x</b>",
        "a <https://x.example>", "a\rb",
        "&lt;", "AT&T", "![x](https://y)", "[x](http://y)", "[x](javascript:y)", "[x](//y)", "[x](mailto:y)", "[x]( http://y)",
        "[x](<http://y>)", "[x]\n\n[x]: http://y", "[x](/\\y)", "a\\\nb", "#",
    ],
)  # fmt: skip
def test_what_might_not_pass_is_parsed(markdown: str) -> None:
    """Each thing that an article must not hold, and some that only look like it, wants the parser."""
    assert not is_innocent(markdown.encode())


SIGNS = re.compile(r"\]\([^)\s]*\)|&(?:#?\w+;)|<[^<>\n]*>|[*_`#>\[\]\\]+|^[-=+]+$", re.MULTILINE)
"""The signs of Markdown, one kind after another."""


@given(
    st.lists(st.sampled_from((*PIECES, "-", "+", "+++\n", "&lt", "é", "\x85")), max_size=14).map("".join) | st.text()
)
@settings(max_examples=1500)
@example("---\n===\n+++")
@example("=\n\n-\n")
def test_words_are_without_signs(markdown: str) -> None:
    """What is searched is the text without the signs of Markdown, however they stand together."""
    assert keep_here(markdown.encode()).words.split() == SIGNS.sub(" ", markdown).split()


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("A *b* **c**_d_ `e`", "A b c d e"),
        ("See [one](https://a.example/x_y) and [two](/en/two).", "See one and two ."),
        ("## Head\n\nUnder\n---\n\n> said", "Head Under said"),
        ("a - b + c = d", "a - b + c = d"),
        ("a &lt; b & c &#12;", "a b & c"),
        ("<https://a.example> 1 < 2", "1 < 2"),
    ],
)
def test_words_of_markdown(markdown: str, words: str) -> None:
    """A reader who searches finds words, not addresses or signs."""
    assert " ".join(keep_here(markdown.encode()).words.split()) == words


def test_a_packed_body_is_what_was_read() -> None:
    """Compressed and back, and rendered as it would have been at once."""
    markdown = "Текст — *с* [ссылкой](https://example.org).\n\n" * 50
    body = keep_here(markdown.encode())
    assert body.markdown == unpack(body.packed) == markdown
    assert body.html == render_markdown(markdown, "x")
    assert body.plain == plain_text(body.html)
    assert len(body.packed) < len(markdown.encode()) / 3
