"""`webapp territories update` against a server on loopback that is honest, and against one that is not.

Whatever goes wrong, the map in use and its provenance stay byte for byte, and the exit code is not 0.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.territories.mirror import ACCOUNT, AUTHORIZATION, KEY, Mirror, run_mirror
from tests.unit.territories.worlds import CITIES, TOML, WHOIS, city, make_world, write_database
from webapp.cli.territories import territories


@dataclass
class Site:
    """A site with a map in use, and the mirror that its cities come from."""

    root: Path
    mirror: Mirror

    def configure(self, path: str, more: str = "unverified = true", before: str = "") -> None:
        """Say that cities.mmdb comes from this path of the mirror."""
        download = f'[[sources.cities.downloads]]\nfile = "cities.mmdb"\nurl = "{self.mirror.url(path)}"\n{more}\n'
        text = before + TOML.replace("[sources.tor]", f"{download}\n[sources.tor]")
        (self.root / "config" / "territories.toml").write_text(text, encoding="utf-8")

    def update(self, *options: str, env: dict[str, str] | None = None) -> Result:
        """Run the command, with the other sources from disk."""
        given = ["--source", str(self.root / "whois.mmdb"), "--source", str(self.root / "tor.txt")]
        fixed = {"WEBAPP_ROOT": str(self.root), "MAXMIND_ACCOUNT_ID": "", "MAXMIND_LICENSE_KEY": "", **(env or {})}
        return CliRunner().invoke(territories, ["update", *given, "--attempts", "1", *options], env=fixed)

    def state(self) -> dict[str, bytes]:
        """Every file of the folder of the map."""
        return {path.name: path.read_bytes() for path in (self.root / "config").iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built")
    make_world(root)
    return root


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Iterator[Site]:
    """What the mirror has puts one network into Red that the map in use has outside."""
    root = tmp_path / "site"
    shutil.copytree(built, root)
    newer = {**CITIES, "20.5.7.0/24": city("RR", "Mid", "Town", 55.0, 60.0)}
    data = write_database(tmp_path / "newer.mmdb", newer).read_bytes()
    with run_mirror(data) as mirror:
        yield Site(root, mirror)


@pytest.mark.parametrize("path", ["/plain.mmdb", "/packed.mmdb.gz", "/archive.tar.gz"])
def test_update_takes_up_what_is_new(site: Site, path: str) -> None:
    """Plain, packed and in an archive: the file is verified by the digest beside it, compiled, compared, swapped."""
    site.configure(path, f'sha256_url = "{site.mirror.url(path)}.sha256"')
    result = site.update()
    assert result.exit_code == 0, result.output
    assert "Entering and leaving" in result.stderr
    lookup = CliRunner().invoke(territories, ["lookup", "20.5.7.1"], env={"WEBAPP_ROOT": str(site.root)})
    assert lookup.stdout == "20.5.7.1\tknown\tRR\tred,coast?\n"


def test_update_that_changes_nothing(site: Site) -> None:
    """The same databases give the same bytes."""
    site.configure("/plain.mmdb", f'sha256 = "{site.mirror.sha256("/plain.mmdb")}"')
    assert site.update().exit_code == 0
    before = site.state()
    again = site.update()
    assert again.exit_code == 0
    assert "answers as the one in use does" in again.stderr
    assert site.state() == before


def test_dry_run_changes_nothing(site: Site) -> None:
    """All is done and told but the swap."""
    site.configure("/plain.mmdb")
    before = site.state()
    result = site.update("--dry-run")
    assert result.exit_code == 0
    assert "Entering and leaving" in result.stderr
    assert site.state() == before


FAULTS = [
    ("slow", "/drips", "unverified = true", "took longer than 0.5 seconds"),
    ("silent", "/silent", "unverified = true", "no answer for 0.5 seconds|took longer than 0.5 seconds"),
    ("cut off", "/cut", "unverified = true", "cut off after"),
    ("says less than it sends", "/short", "unverified = true", "no whole MMDB file"),
    ("says less, with a digest", "/short", f'sha256 = "{"0" * 64}"', "its SHA-256 is"),
    ("promises a terabyte", "/huge", "unverified = true", "more than the 536870912 that are allowed"),
    ("neither length nor digest", "/endless", "unverified = true", "neither a digest nor a length"),
    ("a page with 200", "/html", "unverified = true", "a web page in place of the file"),
    ("a page that says it is data", "/page.mmdb", "unverified = true", "it is a web page"),
    ("another host", "/away", "unverified = true", "leads to another host, localhost"),
    ("round and round", "/loop", "unverified = true", "leads on more than 5 times"),
    ("leads to nothing", "/down", "unverified = true", "cannot be understood"),
    ("not there", "/gone.mmdb", "unverified = true", "answers 404"),
    ("busy", "/busy", "unverified = true", "answers 503"),
    ("wrong digest", "/plain.mmdb", f'sha256 = "{"0" * 64}"', "its SHA-256 is"),
    ("a digest that is a page", "/plain.mmdb", 'sha256_url = "MIRROR/html"', "a web page in place"),
    ("a digest that is none", "/plain.mmdb", 'sha256_url = "MIRROR/page.mmdb"', "holds no SHA-256"),
    ("a digest that is not there", "/plain.mmdb", 'sha256_url = "MIRROR/gone.sha256"', "answers 404"),
    ("bomb", "/bomb.mmdb.gz", "unverified = true", "unpacks to more than"),
    ("torn", "/torn.mmdb.gz", "unverified = true", "cannot be unpacked"),
    ("torn and not packed", "/torn.mmdb", "unverified = true", "no whole MMDB file"),
    ("two to choose from", "/two.tar.gz", "unverified = true", "should hold cities.mmdb or one .mmdb"),
    ("another archive", "/zip.mmdb", "unverified = true", "ZIP archive"),
    ("empty", "/empty.mmdb", "unverified = true", "it is empty"),
]


@pytest.mark.parametrize(("path", "more", "words"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_update_refuses(site: Site, path: str, more: str, words: str) -> None:
    """Each bad server ends in words that name the download and the fault; nothing is changed, nothing is left over."""
    site.configure(path, more.replace("MIRROR", site.mirror.url("")))
    before = site.state()
    result = site.update("--timeout", "0.5")
    assert result.exit_code == 1
    assert "sources.cities.downloads.cities.mmdb" in result.stderr
    assert any(word in result.stderr for word in words.split("|")), result.stderr
    assert site.state() == before
    assert not list((site.root / "config").glob(".territories-*"))


def test_nobody_listens(site: Site) -> None:
    """A server that is down is a clear message."""
    site.configure("/plain.mmdb")
    port = site.mirror.port
    text = (site.root / "config" / "territories.toml").read_text("utf-8").replace(f":{port}/", ":9/")
    (site.root / "config" / "territories.toml").write_text(text, "utf-8")
    result = site.update()
    assert result.exit_code == 1
    assert "http://127.0.0.1:9/plain.mmdb: the connection failed" in result.stderr


def test_archive_cannot_write_elsewhere(site: Site) -> None:
    """A member named ../../../cities.mmdb is read as what it is, a file of that name, and lands nowhere else."""
    site.configure("/slip.tar.gz")
    around = {path for path in site.root.parent.rglob("*") if path.suffix == ".mmdb"}
    assert site.update().exit_code == 0
    assert {path for path in site.root.parent.rglob("*") if path.suffix == ".mmdb"} == around


def test_a_busy_server_is_asked_again(site: Site) -> None:
    """A fault that may pass is tried again after a while."""
    site.configure("/busy")
    assert site.update("--attempts", "2").exit_code == 0
    assert [path for path, _ in site.mirror.asked] == ["/busy", "/busy"]


def test_a_missing_file_is_not_asked_for_again(site: Site) -> None:
    """What cannot pass is not repeated."""
    site.configure("/gone.mmdb")
    assert site.update("--attempts", "4").exit_code == 1
    assert len(site.mirror.asked) == 1


def test_named_host_may_be_led_to(site: Site) -> None:
    """A publisher's storage is named by the editors; nobody's key goes there, and no signature is printed."""
    site.configure("/away", 'unverified = true\nredirects_to = ["localhost"]\naccount = "maxmind"')
    result = site.update(env={"MAXMIND_ACCOUNT_ID": ACCOUNT, "MAXMIND_LICENSE_KEY": KEY})
    assert result.exit_code == 0, result.output
    assert site.mirror.asked == [("/away", AUTHORIZATION), ("/plain.mmdb", None)]
    assert "signature" not in result.output


def test_account_opens_what_is_paid_for(site: Site) -> None:
    """The key goes into the header of requests to its own host, for the digest too."""
    more = f'account = "maxmind"\nsha256_url = "{site.mirror.url("/paid/archive.tar.gz.sha256")}"'
    site.configure("/paid/archive.tar.gz", more)
    assert site.update(env={"MAXMIND_ACCOUNT_ID": ACCOUNT, "MAXMIND_LICENSE_KEY": KEY}).exit_code == 0


@pytest.mark.parametrize(
    ("env", "words"),
    [
        pytest.param({}, "MAXMIND_LICENSE_KEY", id="no key"),
        pytest.param({"MAXMIND_ACCOUNT_ID": ACCOUNT}, "MAXMIND_LICENSE_KEY", id="half of it"),
        pytest.param({"MAXMIND_ACCOUNT_ID": ACCOUNT, "MAXMIND_LICENSE_KEY": "wrong-key"}, "answers 401", id="wrong"),
    ],
)
def test_key_that_opens_nothing(site: Site, env: dict[str, str], words: str) -> None:
    """A missing or wrong key is a clear message that does not print the key."""
    site.configure("/paid/plain.mmdb", 'account = "maxmind"\nunverified = true')
    before = site.state()
    result = site.update(env=env)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "wrong-key" not in result.output
    assert site.state() == before


def test_key_is_not_sent_to_others(site: Site) -> None:
    """A configuration that would show MaxMind's key to another host is refused before anything is fetched."""
    site.configure("/plain.mmdb", 'account = "maxmind"\nunverified = true')
    path = site.root / "config" / "territories.toml"
    path.write_text(path.read_text("utf-8").replace(site.mirror.url(""), "https://maps.example"), "utf-8")
    result = site.update(env={"MAXMIND_ACCOUNT_ID": ACCOUNT, "MAXMIND_LICENSE_KEY": KEY})
    assert result.exit_code == 1
    assert "is not MaxMind's" in result.stderr


def test_many_moves_are_refused_until_accepted(site: Site) -> None:
    """A map that moves more than the settings allow waits for somebody who has looked."""
    data = write_database(site.root / "odd.mmdb", {**CITIES, "20.1.0.0/17": city("CC", "Far", "Else", 10.0, 10.0)})
    site.mirror.files["/odd.mmdb"] = data.read_bytes()
    site.configure("/odd.mmdb", before="max_moved_percent = 0.0\n")
    (site.root / "whois.mmdb").unlink()
    write_database(site.root / "whois.mmdb", {**WHOIS, "20.1.0.0/16": {"country_code": "CC"}})
    before = site.state()
    refused = site.update()
    assert refused.exit_code == 1
    assert "of its addresses move, more than 0 %" in refused.stderr
    assert "--accept-moves" in refused.stderr
    assert site.state() == before
    accepted = site.update("--accept-moves")
    assert accepted.exit_code == 0, accepted.output
    assert site.state()["territories.mmdb"] != before["territories.mmdb"]


def test_territory_has_a_limit_of_its_own(site: Site) -> None:
    """`max_moved_percent` of a territory overrides that of the file, and is no reason to build the map again."""
    site.configure("/plain.mmdb", before="max_moved_percent = 100.0\n")
    path = site.root / "config" / "territories.toml"
    text = path.read_text("utf-8").replace('name = "Red"', 'name = "Red"\nmax_moved_percent = 0.0')
    path.write_text(text, "utf-8")
    info = CliRunner().invoke(territories, ["info"], env={"WEBAPP_ROOT": str(site.root)})
    assert "coast, red" in info.stdout
    result = site.update()
    assert result.exit_code == 1
    assert "[territories.red]" in result.stderr
    assert "[territories.coast]" not in result.stderr


def test_lost_source_is_refused(site: Site) -> None:
    """A map that no longer knows the anonymisers takes the place of none that did."""
    site.configure("/plain.mmdb")
    before = site.state()
    given = ["update", "--source", str(site.root / "whois.mmdb"), "--accept-moves"]
    result = CliRunner().invoke(territories, given, env={"WEBAPP_ROOT": str(site.root)})
    assert result.exit_code == 1
    assert "compiled from tor.txt too" in result.stderr
    assert site.state() == before


def test_older_data_is_refused(site: Site) -> None:
    """A publisher, or somebody on the way, that hands out last year's file does not turn the clock back."""
    data = site.mirror.data
    at = data.index(b"build_epoch") + len(b"build_epoch")  # then: size, kind, and the number itself
    size = data[at] & 31
    old = data[: at + 2] + (10**9).to_bytes(size, "big") + data[at + 2 + size :]
    site.mirror.files["/old.mmdb"] = old
    site.configure("/old.mmdb")
    before = site.state()
    result = site.update("--accept-moves")
    assert result.exit_code == 1
    assert "older than that of the map in use" in result.stderr
    assert site.state() == before


def test_first_map_has_nothing_to_be_compared_with(site: Site) -> None:
    """Where no map is, or only a broken one, a new one can only help."""
    site.configure("/plain.mmdb")
    (site.root / "config" / "territories.mmdb").write_bytes(b"broken")
    result = site.update()
    assert result.exit_code == 0, result.output
    assert "no map in use that could be compared" in result.stderr
    assert CliRunner().invoke(territories, ["info"], env={"WEBAPP_ROOT": str(site.root)}).exit_code == 0


def test_nothing_to_download(site: Site) -> None:
    """A configuration without a download says how to write one."""
    (site.root / "config" / "territories.toml").write_text(TOML, encoding="utf-8")
    result = CliRunner().invoke(territories, ["update"], env={"WEBAPP_ROOT": str(site.root)})
    assert result.exit_code == 1
    assert "no source says where to download it" in result.stderr


@pytest.mark.skipif(
    shutil.which("openssl") is None, reason="needs openssl to make a certificate that nobody vouches for"
)
def test_certificate_must_be_valid(site: Site, tmp_path: Path) -> None:
    """A server whose certificate no authority has signed is not believed."""
    import ssl
    from http.server import HTTPServer, SimpleHTTPRequestHandler
    from threading import Thread

    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"), "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*made, *files, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    server = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.handle_request, daemon=True)
    thread.start()
    site.configure("/plain.mmdb")
    path = site.root / "config" / "territories.toml"
    text = path.read_text("utf-8").replace(site.mirror.url(""), f"https://127.0.0.1:{server.server_address[1]}")
    path.write_text(text, "utf-8")
    result = site.update()
    server.server_close()
    thread.join(5)
    assert result.exit_code == 1
    assert "its certificate is not valid" in result.stderr
