"""What a translation must carry over unchanged: numbers (amounts, years, articles of law) and web addresses.

Compares how they are written, in any digits and with any thousands separator; knows nothing of what they mean.
"""

import re
import unicodedata

_GROUPING = ",.'\u2019\u00a0\u202f\u2009\u066c"
"""What may stand between thousands, those that cannot be seen spelled as escapes."""
_NUMBER = re.compile(rf"\d+(?:[{_GROUPING}]\d{{3}}(?!\d))*(?:[-.]\d+)*")
_SEPARATORS = re.compile(rf"[{_GROUPING}](?=\d{{3}}(?!\d))")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>«»“”\"'()]+")


def numbers(text: str) -> list[str]:
    """Return the numbers in a text, sorted, without thousands separators and in ASCII digits."""
    return sorted(_SEPARATORS.sub("", found) for found in _NUMBER.findall(in_ascii_digits(text)))


def in_ascii_digits(text: str) -> str:
    """Return the text with every decimal digit of any script as 0–9."""
    if text.isascii() or not _OTHER_DIGIT.search(text):
        return text
    return "".join(str(unicodedata.decimal(it)) if it.isdecimal() else it for it in text)


def addresses(text: str) -> list[str]:
    """Return the web addresses in a text, sorted, without the punctuation that follows them."""
    return sorted(found.rstrip(".,;:!?…") for found in _ADDRESS.findall(text))
