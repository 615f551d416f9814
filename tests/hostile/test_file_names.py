"""Names that a stranger gives to files, to reach what is not theirs."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.dms.mapping import Store
from edoc_connector.model.file_names import (
    LONGEST,
    NAMELESS,
    safe_name,
    safe_names,
    stored_name,
)
from tests.support import builders
from tests.support.registers import (
    RECIPIENT,
    Register,
    demo_mapping,
    key,
    verified,
)

pytest_plugins = ("tests.support.register_fixtures",)

HOSTILE = [
    ("../../etc/cron.d/x", "x"),
    ("..\\..\\windows\\system32\\x.dll", "x.dll"),
    ("/etc/passwd", "passwd"),
    ("C:\\autoexec.bat", "autoexec.bat"),
    ("C:autoexec.bat", "C_autoexec.bat"),
    ("\\\\server\\share\\x.pdf", "x.pdf"),
    ("..", NAMELESS),
    (".", NAMELESS),
    ("...", NAMELESS),
    ("", NAMELESS),
    (" ", NAMELESS),
    ("/", NAMELESS),
    (".htaccess", "htaccess"),
    ("a.pdf\x00.exe", "a.pdf .exe"),
    ("a\r\nb.pdf", "a b.pdf"),
    ("a\x1b[31m.pdf", "a [31m.pdf"),
    ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
    ("a\u200b\ufeff.pdf", "a.pdf"),
    ("a\u2066.pdf", "a.pdf"),
    ("con", "_con"),
    ("NUL.pdf", "_NUL.pdf"),
    ("Com1.tar.gz", "_Com1.tar.gz"),
    ("lpt².txt", "_lpt².txt"),
    ("CONOUT$", "_CONOUT$"),
    ("aux .pdf", "_aux .pdf"),
    ("a<b>|?*.pdf", "a_b____.pdf"),
    ("a.pdf:stream", "a.pdf_stream"),
    ("a.pdf. . .", "a.pdf"),
    (chr(0xD800) + "a.pdf", "a.pdf"),
]


@pytest.mark.parametrize(("name", "safe"), HOSTILE)
def test_a_hostile_name_becomes_a_name(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "name",
    [
        "Công văn số 15.pdf",
        "9815_VPCP-KSTT (bản ký).signed.pdf",
        "Báo cáo quý I, năm 2026 – phụ lục.xlsx",
        "công-tác.pdf",
        "Console.pdf",
        "com10.txt",
    ],
)
def test_an_ordinary_name_is_left_alone(name):
    assert safe_name(name) == name


def test_a_name_too_long_for_a_disk_keeps_its_extension():
    safe = safe_name("Ủ" * 300 + ".pdf")

    assert len(safe.encode()) <= LONGEST
    assert safe.endswith("Ủ.pdf")


def test_an_extension_too_long_to_be_one_is_cut_with_the_rest():
    assert len(safe_name("a." + "x" * 1000).encode()) <= LONGEST


@given(st.text(max_size=400))
def test_any_name_is_one_harmless_component(name):
    safe = safe_name(name)

    assert safe
    assert len(safe.encode()) <= LONGEST
    assert not set(safe) & set('/\\:*?"<>|')
    assert safe == safe.strip(" .")
    assert all(unicodedata.category(letter)[0] != "C" for letter in safe)
    assert Path("folder", safe).resolve().parent == Path("folder").resolve()


@given(st.text(max_size=400))
def test_a_safe_name_is_safe_already(name):
    assert safe_name(safe_name(name)) == safe_name(name)


@given(
    st.lists(
        st.sampled_from(
            ["a.pdf", "A.PDF", "a (2).pdf", "Ủ" * 300, "a." + "x" * 300, ".."]
        )
    )
)
def test_no_two_files_of_a_document_have_one_name(names):
    safe = [name.casefold() for name in safe_names(names)]

    assert len(set(safe)) == len(names)
    assert all(len(name.encode()) <= LONGEST for name in safe)


@given(st.text(max_size=300), st.integers(1, 999))
def test_nothing_of_a_name_but_its_kind_reaches_the_disk(name, position):
    stored = stored_name("ab" * 32, position, name)

    assert stored.startswith(f"{'ab' * 32}-{position:03}.")
    assert stored.isascii()
    assert len(stored) < 100


def test_hostile_names_write_only_inside_the_folder(sqlite_register: Register):
    mapping = demo_mapping()
    incoming = replace(
        mapping.incoming,
        store=Store.FOLDER,
        insert_attachment=(
            "INSERT INTO tep_dinh_kem_van_ban_den"
            " (van_ban_id, thu_tu, ten_tep, kich_thuoc, noi_dung)"
            " VALUES (:row_id, :position, :name, :size, :path)"
        ),
    )
    outside = sorted(sqlite_register.files.parent.iterdir())
    attachments = tuple(builders.attachment(name=name) for name, _ in HOSTILE)
    dms = sqlite_register.open(replace(mapping, incoming=incoming))

    dms.put(
        verified(builders.document(attachments=attachments)),
        key=key(),
        recipient=RECIPIENT,
    )

    assert sorted(sqlite_register.files.parent.iterdir()) == outside
    kept = [path for path in sqlite_register.files.rglob("*") if path.is_file()]
    assert len(kept) == len(HOSTILE)
    names = [
        row[0]
        for row in sqlite_register.rows("SELECT ten_tep FROM tep_dinh_kem_van_ban_den")
    ]
    assert not [name for name in names if name != safe_name(name)]
