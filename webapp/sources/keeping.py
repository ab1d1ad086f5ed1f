"""What one reading of the sources need not do again: contents by their files' signatures, articles by their contents.

A signature (device, inode, size, times of change of content and status) tells a file from a later state of it, but for
two changes within one tick of the file system's clock. So a file that was young when it was read is not believed
the next time, and once an hour none is: all is read and hashed anew. What is served is what was hashed.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from webapp.core.model import Article, Author, LocaleTag
from webapp.errors import SourceError
from webapp.sources.files import Found, Signature, Survey, last_change, read_signed, to_bytes
from webapp.sources.parsing import to_utf8

YOUNG_NS = 2_000_000_000
"""Age, in nanoseconds, below which a file may change again without its signature: coarse file systems count by two
seconds."""
FULL_AFTER = 3600.0
"""Seconds after which every file is read again."""

MOST_DOUBTFUL = 100
"""How many files may be read to find out that nothing has changed, before it is quicker to look at each."""

DIGEST = 32
"""Bytes of a SHA-256."""

Conditions = tuple[Mapping[str, Author], frozenset[LocaleTag], bool]
"""What an article depends on beside its files: authors, languages, and whether each text was parsed at once."""
Kept = dict[str, tuple[bytes, Conditions, Article]]
"""Articles by their slug, with the digest of all files in their folders."""


class Keeper:
    """What is known from earlier readings of one site. Not to be used by two threads at once."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` gives seconds since 1970; a test holds it."""
        self._now = now
        self._digests: dict[str, bytes] = {}  # the signature, and after it the digest
        self._articles: Kept = {}
        self.whole: object = None
        """What `load` made of everything, at last."""
        self._certain: tuple[bytes, dict[str, bytes]] | None = None  # of which files, and digests of doubtful ones
        self._full_at = now()

    def begin(self, root: Path, found: Survey) -> "Reading":
        """Begin a reading of the files found: once in a while, without anything believed."""
        if self._is_full_due():
            self._digests.clear()
            self._certain = None
            self._full_at = self._now()
        return Reading(self, root, found, self._articles)

    def _is_full_due(self) -> bool:
        return not 0 <= self._now() - self._full_at < FULL_AFTER

    def keep_whole(self, whole: object, reading: "Reading") -> None:
        """Keep what was made of a reading, to be found again by `find_whole`."""
        self.whole = whole
        doubtful = [file for file in reading.found.files if self.find_digest(file) is None]
        digests = {file.shown: reading.digest(file) for file in doubtful} if len(doubtful) <= MOST_DOUBTFUL else None
        self._certain = None if digests is None else (reading.found.mark(digests), digests)

    def find_whole(self, root: Path, found: Survey) -> object:
        """Return what was kept if it was made of exactly the files found, else nothing.

        A hundred thousand signatures are compared at once; a file that is not believed by its signature is read.
        """
        if self._certain is None or self._is_full_due():
            return None
        mark, doubtful = self._certain
        if found.mark(doubtful) != mark:
            return None
        with suppress(SourceError):
            for shown, digest in doubtful.items():
                if hashlib.sha256(read_signed(f"{root}/{shown}", shown)[0]).digest() != digest:
                    return None
            return self.whole
        return None

    def find_digest(self, file: Found) -> bytes | None:
        """Return the SHA-256 of a file's content, if it is certainly what it was."""
        known = self._digests.get(file.shown)
        return known[len(file.signature) :] if known is not None and known.startswith(file.signature) else None

    def remember(self, shown: str, signature: Signature, digest: bytes) -> None:
        """Take down what was read. A time of change ahead of the clock is as little to be believed as a young one."""
        if last_change(signature) + YOUNG_NS < self._now() * 1_000_000_000:
            self._digests[shown] = signature + digest
        else:
            self._digests.pop(shown, None)

    def take_known(self, shown: str) -> bytes | None:
        """Return what is known of a file, its signature and after it the digest, and forget it."""
        return self._digests.pop(shown, None)

    def take_over(self, shown: str, known: bytes) -> None:
        """Take down what another keeper gave away with `take_known`."""
        self._digests[shown] = known

    def forget_others(self, slugs: Collection[str]) -> None:
        """Forget articles that are gone."""
        for slug in self._articles.keys() - set(slugs):
            del self._articles[slug]


@dataclass(slots=True)
class Reading:
    """One reading. A text of an article is read once, and its digest is of what was read. Every other file is hashed
    before anybody reads it; `still_holds` says at the end whether it is the same, so that no edition is named by other
    contents than those it was made of."""

    keeper: Keeper
    root: Path
    found: Survey
    articles: Kept
    _digests: dict[str, bytes] = field(default_factory=dict)
    _folders: dict[str, list[Found]] = field(default_factory=dict)
    _taken_over: set[str] = field(default_factory=set)
    _compared: tuple[Conditions, Conditions, bool] | None = None
    _total: str | None = None

    def __post_init__(self) -> None:
        for file in self.found.files:
            folder, _, slug = file.shown.rpartition("/")[0].partition("/")
            if folder == "content":
                self._folders.setdefault(slug, []).append(file)
            if folder != "content" or not file.shown.endswith((".md", ".toml")):
                self.digest(file)  # others read it: hashed before they do, and again at the end

    def digest_unread(self) -> str | None:
        """Return the same as `digest_all` if every file certainly is what it was, else nothing. Reads no article."""
        if any(self.keeper.find_digest(file) is None for file in self.found.files):
            return None
        return self.digest_all()

    def read_utf8(self, shown: str) -> bytes:
        """Read a text. Raises SourceError, as `parsing.to_utf8`."""
        return to_utf8(self._read(shown)[0], shown)

    def _read(self, shown: str) -> tuple[bytes, bytes]:
        content, signature = read_signed(f"{self.root}/{shown}", shown)
        digest = self._digests[shown] = hashlib.sha256(content).digest()
        self.keeper.remember(shown, signature, digest)
        return content, digest

    def digest(self, file: Found) -> bytes:
        """Return the digest of a file, reading it if need be. One that cannot be read counts as empty."""
        digest = self._digests.get(file.shown) or self.keeper.find_digest(file)
        if digest is None:
            digest = hashlib.sha256(b"").digest()
            with suppress(SourceError):
                digest = self._read(file.shown)[1]
        self._digests[file.shown] = digest
        return digest

    def digest_all(self) -> str:
        """Return the SHA-256 of the path and content of every file, in hexadecimal; of contents by their SHA-256."""
        if self._total is None:
            total = hashlib.sha256()
            for file in self.found.files:
                total.update(to_bytes(file.shown) + self.digest(file))
            self._total = total.hexdigest()
        return self._total

    def still_holds(self, after: Survey) -> bool:
        """Say whether the files are, after the reading, what they were when they were read."""
        if after != self.found:
            return False
        doubtful = [file for file in after.files if self.keeper.find_digest(file) != self.digest(file)]
        if not doubtful:  # nearly always
            return True
        again = Reading(self.keeper, self.root, Survey(tuple(doubtful), ()), {})
        return all(again.digest(file) == self.digest(file) for file in doubtful)

    def find_article(
        self, slug: str, conditions: Conditions, make: Callable[[Callable[[str], bytes]], Article]
    ) -> Article:
        """Return the article that was made of the same contents under the same conditions, or have it made.

        `make` takes what reads its texts.
        """
        known = self.articles.get(slug)
        if known is not None and self._are_same(known[1], conditions) and self._is_as_it_was(slug, known[0]):
            return known[2]
        made = make(self.read_utf8)
        self.articles[slug] = self._digest_folder(slug), conditions, made
        return made

    def take_read(self) -> dict[str, bytes]:
        """Return what is known of each file that was read, which at least is the digest, and forget it."""
        read, self._digests = self._digests, {}
        return {shown: self.keeper.take_known(shown) or digest for shown, digest in read.items()}

    def take_over(self, slug: str, conditions: Conditions, article: Article, files: Mapping[str, bytes]) -> None:
        """Take an article that another reading made of `files`, as `take_read` gave them, earlier than this one began.

        Not if this one found others; what those hold by now is seen at the end, as of all files.
        """
        if files.keys() != set(self._list_texts(slug)) or not self._has_picture(slug, article):
            return
        for shown, known in files.items():
            self._digests[shown] = known[-DIGEST:]
            if len(known) > DIGEST:
                self.keeper.take_over(shown, known)
        self.articles[slug] = self._digest_folder(slug), conditions, article
        self._taken_over.add(slug)

    def _list_texts(self, slug: str) -> Iterator[str]:
        """Give the files of which an article is made, its picture aside."""
        folder = f"content/{slug}/"
        for file in self._folders.get(slug, ()):
            name = file.shown.removeprefix(folder)
            if name == "article.toml" or (name.endswith(".md") and "/" not in name):
                yield file.shown

    def _has_picture(self, slug: str, article: Article) -> bool:
        """Whether an article's picture is the one whose content this reading took down."""
        picture = article.picture
        return picture is None or self._digests.get(f"content/{slug}/{picture.file}") == bytes.fromhex(picture.sha256)

    def _are_same(self, earlier: Conditions, now: Conditions) -> bool:
        """Compare conditions; those of nearly all articles are one and the same object."""
        if self._compared is None or self._compared[0] is not earlier or self._compared[1] is not now:
            self._compared = earlier, now, earlier == now
        return self._compared[2]

    def _is_as_it_was(self, slug: str, digest: bytes) -> bool:
        return slug in self._taken_over or digest == self._digest_folder(slug)

    def _digest_folder(self, slug: str) -> bytes:
        """Return one digest of the names and contents of an article's files. What is not known is read."""
        total = hashlib.sha256()
        for file in self._folders.get(slug, ()):
            total.update(to_bytes(file.shown) + self.digest(file))
        return total.digest()
