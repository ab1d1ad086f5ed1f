"""Reading TOML and checking its shape: from a file to a pydantic model, every fault a Problem. Knows no meaning."""

import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, ValidationError

from webapp.errors import Problem, SourceError
from webapp.sources.files import read_file

Model = TypeVar("Model", bound=BaseModel)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What no text of ours may hold: XML has no place for it, so that one of these would break the whole feed."""

_CONTROL_BYTES = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\r")

_IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def _identifier(text: str) -> str:
    if not _IDENTIFIER.match(text):
        raise ValueError("an identifier is made of a–z, 0–9 and single hyphens")
    return text


def _web_address(text: str) -> str:
    TypeAdapter(HttpUrl).validate_python(text)
    return text.rstrip("/")


Identifier = Annotated[str, AfterValidator(_identifier)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Words = Annotated[str, Field(min_length=1, max_length=4000)]

_HINTS = {
    "missing": "Add this key.",
    "extra_forbidden": "Remove this key, or correct its spelling.",
    "string_type": "Write the value in quotation marks.",
    "bool_type": "Write true or false, without quotation marks.",
    "date_type": "Write a date such as 2026-11-24, without quotation marks.",
    "datetime_type": "Write a time such as 2026-11-24T09:30:00Z, without quotation marks.",
}


class Strict(BaseModel):
    """Base of every configuration model: unknown keys are faults, nothing is converted silently, all is frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)


def read_text(path: Path, shown: str) -> str:
    """Read a UTF-8 file; raises SourceError that names `shown` when it cannot be read as such."""
    return to_text(read_file(path, shown), shown)


def to_text(data: bytes, shown: str) -> str:
    """Decode the content of a UTF-8 file; raises SourceError that names `shown` when it is none."""
    return _checked(data, shown).removeprefix("\ufeff")


def to_utf8(data: bytes, shown: str) -> bytes:
    """Check the content of a UTF-8 file as `to_text` does, and return it as it is but for a byte order mark."""
    _checked(data, shown)
    return data.removeprefix(BOM_UTF8)


def _checked(data: bytes, shown: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        message = f"byte {fault.start} is not UTF-8"
        raise SourceError([Problem("file.encoding", shown, message, "Save the file as UTF-8.")]) from None
    if _may_hold_control(data) and (found := CONTROL.search(text)):
        message = f"the file holds the control character U+{ord(found[0]):04X}"
        line = text.count("\n", 0, found.start()) + 1
        raise SourceError([Problem("file.control", shown, message, "Remove it.", line)])
    return text


def _may_hold_control(data: bytes) -> bool:
    """Look for the bytes of CONTROL, many times as fast as a pattern does."""
    return len(data.translate(None, _CONTROL_BYTES)) < len(data) or (b"\xef" in data and b"\xef\xbf" in data)


def parse_toml(text: str, shown: str, first_line: int = 1) -> dict[str, Any]:
    """Parse TOML; raises SourceError with the line, counted from `first_line`."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:  # tomllib lets faults of int() and of deep nesting through
        line = _line_of(str(fault), text)
        problem = Problem(
            "toml.syntax",
            shown,
            f"not valid TOML: {fault}",
            "Mend the line; text needs quotation marks, and a key may stand only once.",
            line=line + first_line - 1,
        )
        raise SourceError([problem]) from None
    if keys := list(_find_control(data)):
        hint = "Remove the escape, such as \\u0000."
        raise SourceError(Problem("file.control", shown, "holds a control character", hint, key=key) for key in keys)
    return data


def _find_control(value: Any, place: tuple[int | str, ...] = ()) -> Iterator[str]:
    if isinstance(value, str) and CONTROL.search(value):
        yield _dotted(place)
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _find_control(part, (*place, name))


def _line_of(message: str, text: str) -> int:
    _, found, tail = message.partition("at line ")
    return int(tail.split(",")[0]) if found else text.count("\n") + 1


def parse_model(model: type[Model], data: dict[str, Any], shown: str, prefix: str = "") -> Model:
    """Check `data` against `model`; raises SourceError with one Problem for each fault, named by its key."""
    try:
        return model.model_validate(data)
    except ValidationError as fault:
        raise SourceError(_to_problems(fault, shown, prefix)) from None


def _to_problems(fault: ValidationError, shown: str, prefix: str) -> Iterable[Problem]:
    for error in fault.errors(include_url=False, include_input=False):
        key = _dotted((prefix, *error["loc"]) if prefix else error["loc"])
        kind = error["type"]
        code = "config.unknown-key" if kind == "extra_forbidden" else "config.value"
        message = error["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        yield Problem(code, shown, message, _HINTS.get(kind, "Correct the value."), key=key or None)


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
