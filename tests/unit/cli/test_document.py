import hashlib
import json
from datetime import timedelta

import pytest

from edoc_connector.errors import (
    AttachmentMissing,
    ExitCode,
    FieldMissing,
    NeverReceived,
    told_together,
)
from edoc_connector.flows.inspecting.story import StampState
from edoc_connector.flows.inspecting.wording import INDICATIONS, detail_of
from edoc_connector.language import Language
from edoc_connector.ledger.facts import DocumentExpired
from edoc_connector.model.delivery import DocumentState, InboxState
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.pdf_signatures import PdfReport, PdfState
from edoc_connector.model.verdict import Indication, SealForm
from edoc_connector.signature.non_delivery import sign_non_delivery
from edoc_connector.storage import Storage
from edoc_connector.storage.records import KeptStatement
from tests.support.pki import p256_sealer
from tests.support.shell import edoc
from tests.support.storage import BOTH, NOW, digest, outgoing, receive
from tests.unit.signature.test_non_delivery import stated

SITE = """
[organization]
code = "H20"
name = "UBND tỉnh"
[state]
folder = "."
[axis]
url = "amqp://h20@127.0.0.1/edoc"
password = "file:axis.password"
[seal]
key = "seal.p12"
[trust]
anchors = ["root.pem"]
[dms]
url = "sqlite:///dms.db"
profile = "demo"
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A sent document that was refused, and after it one received and set aside."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    with storage.work() as work:
        work.documents.add(outgoing(state=DocumentState.REFUSED), BOTH)
        receive(
            work,
            "0123456789",
            state=InboxState.QUARANTINED,
            correlation_id="H20,2026/11/23,643/UBND-THVX",
            at=NOW + timedelta(minutes=1),
        )
    storage.close()


def labels(capsys, *options):
    done = edoc(capsys, "document", "list", *options)
    assert done.code == 0, done.err
    words = (word for line in done.out.splitlines() for word in line.split())
    return [word for word in words if "UBND" in word]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("options", [(), ("--incoming", "--outgoing")])
def test_sent_and_received_stand_together_newest_first(capsys, options):
    assert labels(capsys, *options) == ["643/UBND-THVX", "28/2026/UBND-VX"]


@pytest.mark.usefixtures("site")
def test_one_direction_may_be_asked_for(capsys):
    assert labels(capsys, "--incoming") == ["643/UBND-THVX"]
    assert labels(capsys, "--outgoing") == ["28/2026/UBND-VX"]


@pytest.mark.usefixtures("site")
def test_what_was_never_sealed_shows_no_packet_and_gives_none(capsys, tmp_path):
    shown = edoc(capsys, "document", "show", "28")
    asked = edoc(capsys, "document", "packet", "28", "-o", str(tmp_path / "x"))
    again = edoc(capsys, "document", "resend", "28")

    assert "Packet:" not in shown.out
    assert "Reason:" not in shown.out
    assert (asked.code, again.code) == (ExitCode.NOT_FOUND, ExitCode.NOT_FOUND)
    assert "correct it in the document register [no-packet]" in asked.err
    assert again.err == asked.err


@pytest.mark.usefixtures("site")
def test_what_was_received_is_not_sent_again(capsys):
    done = edoc(capsys, "document", "resend", "643")

    assert "643/UBND-THVX was received, not sent" in done.err


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("text", ["", "  ", "a\x00"])
def test_a_text_that_says_nothing_is_a_mistake_of_the_caller(capsys, text):
    done = edoc(capsys, "document", "show", text)

    assert done.code == ExitCode.USAGE
    assert "it is empty or no plain text" in done.err


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--failed",), ["643/UBND-THVX", "28/2026/UBND-VX"]),
        (("--state", "quarantined"), ["643/UBND-THVX"]),
        (("--state", "refused"), ["28/2026/UBND-VX"]),
        (("--organization", "000.00.00.H20"), ["643/UBND-THVX"]),
        (
            ("--since", "2026-11-23", "--until", "2026-11-23", "--outgoing"),
            ["28/2026/UBND-VX"],
        ),
        (
            ("--since", "23/11/2026", "--until", "23/11/2026", "--outgoing"),
            ["28/2026/UBND-VX"],
        ),
        (("--since", "08:31:00 23/11/2026", "--outgoing"), []),
        (("--since", "24/11/2026"), []),
        (("--until", "22/11/2026"), []),
        (("--since", "2026-11-24"), []),
        (("--until", "2026-11-22"), []),
        (("--late",), []),
        (("--state", "sent", "--organization", "H20.14"), []),
    ],
)
def test_filters_narrow_the_list(capsys, options, found):
    assert labels(capsys, *options) == found


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("typed", ["31/11/2026", "11/2026", "23-11-2026"])
def test_what_is_no_day_is_a_mistake_of_the_caller(capsys, typed):
    done = edoc(capsys, "--lang", "vi", "document", "list", "--since", typed)

    assert done.code == ExitCode.USAGE
    assert "hãy ghi như 25/11/2026 hoặc 2026-11-25" in done.err


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "options",
    [
        ("--until", "31/12/9999"),
        ("--since", "01/01/0001"),
        ("--since", "9999-12-31T23:00-07:00"),
    ],
)
def test_a_day_before_or_after_all_time_is_a_mistake_of_the_caller(capsys, options):
    done = edoc(capsys, "document", "list", *options)

    assert done.code == ExitCode.USAGE
    assert f"{options[1]} is no day" in done.err
    assert edoc(capsys, "document", "list", "--until", "30/12/9999").code == 0


@pytest.mark.usefixtures("site")
def test_all_times_of_a_list_are_written_as_in_vietnam(capsys):
    shown = edoc(capsys, "--lang", "vi", "document", "list").out

    assert "08:30:00 23/11/2026" in shown
    assert "2026-11" not in shown


@pytest.mark.usefixtures("site")
def test_an_empty_list_says_that_it_is_empty(capsys):
    english = edoc(capsys, "document", "list", "--late")
    vietnamese = edoc(capsys, "--lang", "vi", "document", "list", "--late")
    for_programs = edoc(capsys, "document", "list", "--late", "--json")

    assert (english.out, english.err) == ("", "there is no such document\n")
    assert vietnamese.err == "không có văn bản nào như vậy\n"
    assert (for_programs.out, for_programs.err) == ("", "")


@pytest.mark.usefixtures("site")
def test_a_state_that_does_not_exist_is_a_mistake_of_the_caller(capsys):
    assert edoc(capsys, "document", "list", "--state", "x").code == ExitCode.USAGE


PROBLEMS = told_together(
    [
        FieldMissing(field="Code/CodeNumber").reason,
        AttachmentMissing(name="phụ lục.pdf").reason,
    ]
)


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """A document refused for two things."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    with storage.work() as work:
        work.documents.add(outgoing(state=DocumentState.REFUSED, reason=PROBLEMS), BOTH)
    storage.close()


@pytest.mark.usefixtures("refused")
def test_a_refused_document_shows_each_problem_on_its_own_line(capsys):
    shown = edoc(capsys, "document", "show", "28")
    vietnamese = edoc(capsys, "--lang", "vi", "document", "show", "28")

    assert "Reason:       2 problems keep the document from being sent\n" in shown.out
    assert (
        "  - Number is missing; fill it in the document register and send again"
        " [field-missing]\n"
        "  - the attached file phụ lục.pdf was not found; attach it again"
        " [attachment-missing]\n"
    ) in shown.out
    assert "  - thiếu Số của văn bản" in vietnamese.out


@pytest.mark.usefixtures("refused")
def test_a_list_only_counts_them(capsys):
    listed = edoc(capsys, "document", "list")

    assert "2 problems keep the document from being sent" in listed.out
    assert "is missing" not in listed.out


@pytest.mark.usefixtures("refused")
def test_programs_get_each_problem_as_data(capsys):
    (line,) = edoc(capsys, "document", "list", "--json").out.splitlines()

    assert json.loads(line)["reason"]["causes"] == [
        {"code": it.code, "details": dict(it.details), "causes": []}
        for it in PROBLEMS.causes
    ]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("form", "stamp", "said"),
    [
        (SealForm.B_T, None, "XAdES-B-T"),
        (SealForm.B_B, None, "XAdES-B-B"),
        (
            SealForm.B_B,
            StampState.AWAITED,
            "XAdES-B-B; its time stamp is still to be fetched",
        ),
        (
            SealForm.B_B,
            StampState.KEPT,
            "XAdES-B-B; its time stamp was fetched later and is kept beside it",
        ),
        (SealForm.B_B, StampState.GIVEN_UP, "XAdES-B-B; no time stamp could be had"),
    ],
)
def test_a_sent_document_shows_how_it_was_sealed(capsys, tmp_path, form, stamp, said):
    document = outgoing("18", seal_form=form, packet=digest("packet"))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    with storage.work() as work:
        work.documents.add(document, BOTH)
        await_stamp(work, document, stamp)
    storage.close()

    done = edoc(capsys, "document", "show", document.key)

    (line,) = (line for line in done.out.splitlines() if line.startswith("Seal"))
    assert line.removeprefix("Seal:").strip() == said


def await_stamp(work, document, stamp):
    if stamp is None:
        return
    work.stamps.add(document.packet, document.key, b"value", due_at=NOW)
    (item,) = work.stamps.due(1, NOW)
    if stamp is not StampState.AWAITED:
        work.stamps.settle(item.id, at=NOW)
    if stamp is StampState.KEPT:
        kind, token = EvidenceKind.TIMESTAMP, digest("token")
        work.evidence.add(document.packet, kind, token, at=NOW)


@pytest.mark.usefixtures("site")
def test_where_nobody_can_look_into_pdfs_it_says_so(capsys, monkeypatch):
    monkeypatch.setattr("edoc_connector.pdf.inspector.find_spec", lambda _name: None)

    done = edoc(capsys, "document", "show", "0123456789")

    assert done.code == 0
    assert "edoc-connector[pdf]" in done.err


@pytest.mark.usefixtures("site")
def test_where_they_can_be_looked_into_nothing_is_said_of_it(capsys):
    done = edoc(capsys, "document", "show", "0123456789")

    assert done.code == 0
    assert "pip install" not in done.err


@pytest.mark.usefixtures("site")
def test_the_signatures_in_the_pdfs_of_a_document_are_shown(capsys, tmp_path):
    report = PdfReport(state=PdfState.UNREADABLE, problem="its structure is damaged")
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    with storage.work() as work:
        packet = work.inbox.get(1).packet
        work.inspections.record(digest("file"), report, NOW)
        work.inspections.attach(packet, 1, "công văn.pdf", digest("file"))
    storage.close()

    done = edoc(capsys, "document", "show", "0123456789")
    as_json = edoc(capsys, "document", "show", "0123456789", "--json")

    assert "công văn.pdf: cannot be read: its structure is damaged" in done.out
    (pdf,) = json.loads(as_json.out)["pdfs"]
    assert (pdf["sha256"], pdf["report"]["state"]) == (digest("file"), "unreadable")


# --- statements of non-delivery -----------------------------------------------


@pytest.fixture
def stated_site(tmp_path, monkeypatch):
    """A document that two recipients have not confirmed; its statement."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    signed = sign_non_delivery(stated(label="28/2026/UBND-VX"), p256_sealer())
    content = storage.content.add([signed]).digest
    with storage.work() as work:
        work.documents.add(outgoing(), BOTH)
        for recipient in BOTH:
            kept = KeptStatement(
                document=outgoing().key,
                recipient=recipient.code,
                content=content,
                made_at=NOW,
            )
            work.non_deliveries.put(kept)
    storage.close()
    return signed


def test_a_statement_is_written_as_it_was_sealed(stated_site, tmp_path, capsys):
    file = tmp_path / "s.xml"
    to = BOTH[0].code

    done = edoc(capsys, "document", "statement", "28", "--to", to, "-o", str(file))

    assert done.code == 0, done.err
    assert file.read_bytes() == stated_site
    assert f"statement of 28/2026/UBND-VX to {to}" in done.err


@pytest.mark.usefixtures("stated_site")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ["GIẤY XÁC NHẬN KHÔNG GỬI ĐƯỢC", "Hỏa tốc", "02 (", "chưa có phản"]),
        ("en", ["STATEMENT OF NON-DELIVERY", "confirmed by the broker", "sai nơi"]),
    ],
)
def test_a_statement_is_read_in_both_languages(capsys, language, words):
    options = ("--lang", language, "--to", BOTH[0].code, "--text", "-o", "-")

    done = edoc(capsys, "document", "statement", "28", *options)

    assert done.code == 0, done.err
    assert [word for word in words if word not in done.out] == []


@pytest.mark.parametrize("written", [True, False])
def test_programs_read_what_a_statement_says(stated_site, tmp_path, capsys, written):
    file = tmp_path / "s.xml"
    output = ("-o", str(file)) if written else ()
    to = BOTH[0].code

    done = edoc(capsys, "document", "statement", "28", "--to", to, "--json", *output)

    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["document"], told["recipient"]) == ("28/2026/UBND-VX", to)
    assert told["output"] == (str(file) if written else None)
    assert {"path": "Outcome", "value": "no-receipt"} in told["content"]
    assert told["sha256"] == hashlib.sha256(stated_site).hexdigest()
    assert file.exists() is written


@pytest.mark.usefixtures("stated_site")
@pytest.mark.parametrize(
    ("options", "words"),
    [((), "say where to with -o"), (("--json", "-o", "-"), "standard output")],
)
def test_a_statement_goes_to_one_place(capsys, options, words):
    done = edoc(capsys, "document", "statement", "28", "--to", "H20.14", *options)

    assert done.code == ExitCode.USAGE
    assert words in done.err


@pytest.mark.usefixtures("stated_site")
def test_of_several_statements_one_is_named(capsys):
    done = edoc(capsys, "document", "statement", "28", "-o", "-")

    assert done.code == ExitCode.NOT_FOUND
    assert "--to CODE" in done.err
    assert done.out == ""


@pytest.mark.usefixtures("site")
def test_what_has_not_expired_has_no_statement(capsys):
    done = edoc(capsys, "document", "statement", "28", "-o", "-")

    assert done.code == ExitCode.NOT_FOUND
    assert "there is no statement of non-delivery" in done.err


@pytest.mark.usefixtures("site")
def test_what_happened_is_said_in_words_and_not_in_codes(tmp_path, capsys):
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    given_up = outgoing("18")
    with storage.work() as work:
        work.documents.add(given_up, BOTH)
        fact = DocumentExpired(
            document=given_up.key,
            recipient=BOTH[0].code,
            reason=NeverReceived.code,
            statement=digest("statement"),
        )
        work.ledger.append(fact, NOW)
    storage.close()

    english = edoc(capsys, "document", "show", given_up.key).out
    vietnamese = edoc(capsys, "--lang", "vi", "document", "show", given_up.key).out

    assert "no receipt had come by the last deadline\n" in english
    assert "never-received" not in english + vietnamese


@pytest.mark.parametrize(
    ("language", "passed"),
    [(Language.ENGLISH, "PASSED"), (Language.VIETNAMESE, "hợp lệ")],
)
def test_how_checking_a_seal_ended_is_said_in_words(language, passed):
    assert {*Indication} == {*INDICATIONS}
    assert detail_of("PASSED", None, language) == passed
    assert detail_of("what a receiver wrote", None, language) == "what a receiver wrote"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc", "abc không phải là số nguyên"),
        ("0", "0 không hợp lệ; phải là từ 1 đến 1000000"),
        (f"{2**63}", f"{2**63} không hợp lệ; phải là từ 1 đến 1000000"),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_number_that_does_not_serve_is_refused_in_words(capsys, typed, said):
    done = edoc(capsys, "--lang", "vi", "document", "list", "--limit", typed)

    assert done.code == ExitCode.USAGE
    assert said in done.err


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "--limit SỐ"), ("en", "--limit NUMBER")]
)
def test_help_calls_a_number_by_its_name_and_says_its_limits(capsys, language, said):
    shown = edoc(capsys, "--lang", language, "document", "list", "--help").out

    assert said in shown
    assert "RANGE" not in shown
    assert "x>=" not in shown


@pytest.mark.usefixtures("site")
def test_since_when_it_is_late_is_shown(tmp_path, capsys):
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    late = outgoing("18")
    with storage.work() as work:
        work.documents.add(late, BOTH, due_at=NOW + timedelta(hours=1))
        seen = work.deliveries.get(late.key, BOTH[0].code)
        at, last = NOW + timedelta(hours=1), NOW + timedelta(days=3)
        work.deliveries.declare_late(seen, at=at, due_at=last)
    storage.close()

    shown = edoc(capsys, "document", "show", late.key).out

    assert [
        w for w in ("Late since", "Last deadline", "Due by") if w not in shown
    ] == []
