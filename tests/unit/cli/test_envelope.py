import base64
import json

import pytest

from edoc_connector.errors import ExitCode
from tests.support import builders, golden
from tests.support.dialects import changed
from tests.support.lists import csv_list
from tests.support.shell import edoc
from tests.unit.cli.test_document import SITE

SUBJECT = "Về việc kết nối, liên thông phần mềm quản lý văn bản"


@pytest.fixture
def file(tmp_path):
    """Write a packet to a file and return its path."""

    def write(packet, name="packet.edxml"):
        path = tmp_path / name
        path.write_bytes(packet)
        return str(path)

    return write


# --- show ---------------------------------------------------------------------


def test_a_packet_is_shown_with_its_fields_files_stamps_and_seal(capsys, file):
    done = edoc(capsys, "envelope", "show", file(builders.packet()))

    assert done.code == ExitCode.OK
    for part in (SUBJECT, "H20.14", "công văn.pdf", "2026-11-23 08:30:00", "none"):
        assert part in done.out


def test_fields_are_called_as_clerks_call_them(capsys, file):
    done = edoc(capsys, "--lang", "vi", "envelope", "show", file(builders.packet()))

    assert f"Trích yếu: {SUBJECT}" in " ".join(done.out.split())


def test_codes_are_shown_with_their_words(capsys, file):
    packet = changed(builders.packet(), "Priority>0<", "Priority>3<")

    done = edoc(capsys, "--lang", "vi", "envelope", "show", file(packet))

    assert "3 (Hỏa tốc)" in done.out


def test_a_status_is_shown(capsys, file):
    packet = builders.packet(builders.status())

    done = edoc(capsys, "envelope", "show", file(packet))

    assert done.code == ExitCode.OK
    assert "a status" in done.out


def test_how_a_packet_departs_is_shown_by_name_place_and_value(capsys, file):
    packet = changed(builders.packet(), ">2026/12/15<", ">hôm qua<")

    done = edoc(capsys, "envelope", "show", file(packet))

    assert done.code == ExitCode.OK
    (line,) = [line for line in done.out.splitlines() if "date-unreadable" in line]
    assert "MessageHeader/DueDate" in line
    assert "hôm qua" in line


def test_of_a_refused_packet_what_can_be_read_is_shown_and_all_that_is_wrong(
    capsys, file
):
    packet = builders.packet()
    damaged = packet.replace(base64.b64encode(builders.PDF), b"?")
    cut = damaged.replace(b"</edXML>\n", b"")

    done = edoc(capsys, "envelope", "show", file(cut))

    assert done.code == ExitCode.NOT_VERIFIED
    assert SUBJECT in done.out
    assert "the packet cannot be read: line" in done.err
    assert "also: the attachment công văn.pdf cannot be decoded" in done.err


def test_nothing_is_shown_of_what_is_no_packet(capsys, file):
    done = edoc(capsys, "envelope", "show", file(b"hello"))

    assert (done.code, done.out) == (ExitCode.NOT_VERIFIED, "")


def test_nothing_a_stranger_wrote_moves_the_cursor(capsys, file):
    packet = changed(builders.packet(), ">2026/12/15<", ">&#x9b;2J\u202e<")

    done = edoc(capsys, "envelope", "show", file(packet))

    assert "\x9b" not in done.out
    assert "\u202e" not in done.out


def test_a_file_that_is_not_there_is_named(capsys):
    done = edoc(capsys, "envelope", "show", "nowhere.edxml")

    assert "nowhere.edxml" in done.err
    assert done.code != ExitCode.OK


# --- JSON there and back --------------------------------------------------------


@pytest.mark.parametrize("name", sorted(golden.packets()))
def test_what_is_shown_as_json_is_built_again_byte_for_byte(
    capsys, file, tmp_path, name
):
    packet = (golden.FOLDER / name).read_bytes()
    shown = edoc(capsys, "envelope", "show", "--json", file(packet)).out
    made = tmp_path / "made.edxml"

    done = edoc(
        capsys, "envelope", "build", file(shown.encode(), "a.json"), "-o", str(made)
    )

    assert done.code == ExitCode.OK
    assert made.read_bytes() == packet


def test_files_can_stand_beside_the_json(capsys, file, tmp_path):
    folder = tmp_path / "files"
    packet = builders.packet()
    shown = edoc(
        capsys, "envelope", "show", "--json", "--files", str(folder), file(packet)
    ).out
    made = tmp_path / "made.edxml"

    done = edoc(
        capsys, "envelope", "build", file(shown.encode(), "a.json"), "-o", str(made)
    )

    assert done.code == ExitCode.OK
    assert (folder / "công văn.pdf").read_bytes() == builders.PDF
    assert json.loads(shown)["files"][0]["base64"] == ""
    assert made.read_bytes() == packet


def test_attachments_are_taken_out_without_json(capsys, file, tmp_path):
    done = edoc(
        capsys,
        "envelope",
        "show",
        "--files",
        str(tmp_path / "out"),
        file(builders.packet()),
    )

    assert done.code == ExitCode.OK
    assert (tmp_path / "out/công văn.pdf").read_bytes() == builders.PDF


def test_a_file_that_is_there_is_not_overwritten(capsys, file, tmp_path):
    (tmp_path / "công văn.pdf").write_text("mine", encoding="utf-8")

    done = edoc(
        capsys,
        "envelope",
        "show",
        "--files",
        str(tmp_path),
        file(builders.packet()),
    )

    assert done.code != ExitCode.OK
    assert (tmp_path / "công văn.pdf").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_named(capsys, file, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")

    done = edoc(
        capsys,
        "envelope",
        "show",
        "--files",
        str(taken / "in"),
        file(builders.packet()),
    )

    assert done.code != ExitCode.OK
    assert "taken" in done.err


def test_problems_are_in_the_json_too(capsys, file):
    done = edoc(capsys, "envelope", "show", "--json", file(b"{}"))

    shown = json.loads(done.out)
    assert done.code == ExitCode.NOT_VERIFIED
    assert shown["document"] is None
    assert shown["problems"][0]["code"] == "envelope-foreign"


def test_a_json_that_is_no_envelope_is_refused_with_the_place(capsys, file, tmp_path):
    text = file(b'{"document": {"sender": 5}}', "a.json")

    done = edoc(capsys, "envelope", "build", text, "-o", str(tmp_path / "made"))

    assert done.code == ExitCode.USAGE
    assert "$.document.sender" in done.err
    assert not (tmp_path / "made").exists()


def test_a_file_in_the_json_that_is_no_base64_is_named(capsys, file, tmp_path):
    shown = json.loads(
        edoc(capsys, "envelope", "show", "--json", file(builders.packet())).out
    )
    shown["files"][0]["base64"] = "?"
    text = file(json.dumps(shown).encode(), "a.json")

    done = edoc(capsys, "envelope", "build", text, "-o", str(tmp_path / "made"))

    assert done.code == ExitCode.USAGE
    assert shown["files"][0]["content_id"] in done.err


def test_a_status_is_built_again(capsys, file, tmp_path):
    packet = builders.packet(builders.status())
    shown = edoc(capsys, "envelope", "show", "--json", file(packet)).out
    made = tmp_path / "made.edxml"

    edoc(capsys, "envelope", "build", file(shown.encode(), "a.json"), "-o", str(made))

    assert made.read_bytes() == packet


# --- check --------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["reading", "writing"])
def test_nothing_is_wrong_with_what_we_write(capsys, file, profile):
    packet = builders.packet()

    done = edoc(capsys, "envelope", "check", "--profile", profile, file(packet))

    assert (done.code, done.out) == (ExitCode.OK, "")
    assert "nothing is wrong" in done.err


def findings(capsys, path, profile):
    """What `check --json` finds: measure, place and code of each."""
    done = edoc(capsys, "envelope", "check", "--json", "--profile", profile, path)
    lines = [json.loads(line) for line in done.out.splitlines()]
    found = {(line["measure"], line["where"], line["code"]) for line in lines}
    assert (done.code == ExitCode.OK) is not bool(found)
    return found


def test_a_dialect_passes_for_reading_and_not_for_writing(capsys, file):
    path = file(builders.packet().replace(b"Bussiness>", b"Business>"))

    assert findings(capsys, path, "reading") == set()
    assert {("form", "TraceHeaderList/Business", "spelling")} < findings(
        capsys, path, "writing"
    )


def test_what_the_schema_refuses_is_found_with_its_place(capsys, file):
    path = file(changed(builders.packet(), ">2026/12/15<", ">hôm qua<"))

    assert findings(capsys, path, "reading") == {
        ("schema", "MessageHeader/DueDate", "reading")
    }


def test_what_no_schema_can_say_is_found_for_writing(capsys, file):
    recipients = tuple(builders.organization(code) for code in ("H20.14", "02.29.W00"))
    packet = builders.packet(builders.document(recipients=recipients))

    found = findings(capsys, file(packet), "writing")

    assert "sending" in {measure for measure, _, _ in found}


def test_where_a_directory_was_imported_it_is_asked_too(
    capsys, file, tmp_path, monkeypatch
):
    closed = builders.document(recipients=(builders.organization("H20.66"),))
    path = file(builders.packet(closed))
    before = findings(capsys, path, "writing")
    settings = tmp_path / "edoc.toml"
    settings.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(settings))
    headings = "code,name,closed_on"
    rows = csv_list(tmp_path, "H20.66,Sở,2026-01-01", headings=headings)
    edoc(capsys, "directory", "import", str(rows))

    found = findings(capsys, path, "writing")

    assert found - before == {("sending", "To/OrganId", "recipient-closed")}


def test_a_status_is_checked_too(capsys, file):
    path = file(builders.packet(builders.status()))

    assert findings(capsys, path, "writing") == set()


def test_a_packet_that_is_refused_is_found_so_and_nothing_else(capsys, file):
    path = file(b"hello")

    assert findings(capsys, path, "writing") == {("reading", "", "envelope-malformed")}


def test_what_is_found_is_shown_to_people_in_their_language(capsys, file):
    packet = changed(builders.packet(), ">2026/12/15<", ">hôm qua<")

    done = edoc(capsys, "--lang", "vi", "envelope", "check", file(packet))

    assert done.code == ExitCode.NOT_VERIFIED
    (line,) = [line for line in done.out.splitlines() if "DueDate" in line]
    assert "Hạn trả lời" in line


# --- what was found by those who tried it -------------------------------------


def test_an_attachment_called_as_standard_output_goes_into_the_folder(
    capsys, file, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    packet = builders.packet(
        builders.document(attachments=(builders.attachment(name="-"),))
    )

    done = edoc(capsys, "envelope", "show", "--files", ".", file(packet))

    assert done.code == ExitCode.OK
    assert (tmp_path / "-").read_bytes() == builders.PDF
    assert "%PDF" not in done.out


@pytest.mark.parametrize("path", ["-", "/dev/zero", "a\0b", "nowhere.pdf"])
def test_a_path_in_the_json_names_a_file_or_nothing(capsys, file, tmp_path, path):
    shown = json.loads(
        edoc(capsys, "envelope", "show", "--json", file(builders.packet())).out
    )
    shown["files"][0] |= {"base64": "", "path": path}
    text = file(json.dumps(shown).encode(), "a.json")

    done = edoc(capsys, "envelope", "build", text, "-o", str(tmp_path / "made"))

    assert done.code == ExitCode.NOT_FOUND
    assert not (tmp_path / "made").exists()


def test_a_device_is_no_packet(capsys):
    done = edoc(capsys, "envelope", "show", "/dev/zero")

    assert done.code == ExitCode.NOT_FOUND
    assert "it is no file" in done.err


def test_a_file_larger_than_any_packet_is_not_read(capsys, tmp_path):
    path = tmp_path / "large.edxml"
    with path.open("wb") as large:
        large.truncate((1 << 32) + 1)

    done = edoc(capsys, "envelope", "show", str(path))

    assert done.code == ExitCode.NOT_VERIFIED
    assert "no packet has" in done.err


def test_one_hostile_name_does_not_hide_the_other_attachments(capsys, file):
    attachments = tuple(
        builders.attachment(name=name, content_id=name) for name in ("CON.pdf", "b.pdf")
    )
    packet = builders.packet(builders.document(attachments=attachments))

    done = edoc(capsys, "envelope", "show", file(packet))

    assert done.code == ExitCode.NOT_VERIFIED
    assert "CON.pdf" in done.err
    assert "b.pdf" in done.out


def test_a_packet_is_built_all_the_same_and_what_is_wrong_with_it_is_said(
    capsys, file, tmp_path
):
    packet = (golden.FOLDER.parent / "0.1/sealed-rsa.edxml").read_bytes()
    shown = json.loads(edoc(capsys, "envelope", "show", "--json", file(packet)).out)
    shown["document"]["subject"] = "x" * 501
    text = file(json.dumps(shown).encode(), "a.json")
    made = tmp_path / "made.edxml"

    done = edoc(capsys, "envelope", "build", text, "-o", str(made))

    assert done.code == ExitCode.OK
    assert "Subject has 501 characters" in done.err
    assert "not as we would send it: Subject" in done.err
    codes = {code for _, _, code in findings(capsys, str(made), "writing")}
    assert {"content-changed", "field-too-long", "too-long"} <= codes


def test_more_than_fits_into_json_is_written_into_a_folder(
    capsys, file, tmp_path, monkeypatch
):
    monkeypatch.setattr("edoc_connector.cli.envelope.MOST_EMBEDDED", 10)
    path = file(builders.packet())

    inside = edoc(capsys, "envelope", "show", "--json", path)
    beside = edoc(
        capsys, "envelope", "show", "--json", "--files", str(tmp_path / "f"), path
    )

    assert inside.code == ExitCode.USAGE
    assert "--files" in inside.err
    assert beside.code == ExitCode.OK


def test_json_says_every_character_and_none_of_them_obeys_a_terminal(capsys, file):
    hostile = "a\u009b2J\u202eb\u200bc\u2028d\U000e0001e"
    packet = changed(builders.packet(), ">2026/12/15<", f">{hostile}<")

    done = edoc(capsys, "envelope", "show", "--json", file(packet))

    assert done.out.rstrip("\n").isprintable()
    assert json.loads(done.out)["document"]["due_date"] == {"text": hostile}
