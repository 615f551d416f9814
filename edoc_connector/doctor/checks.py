"""All that the doctor looks at, in words: what it is, why it matters, what to do.

docs/doctor.md is made of these, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.doctor.finding import Check, Group
from edoc_connector.errors import N_

ALL: Final = (
    Check(
        code="service-stopped",
        group=Group.SERVICE,
        title=N_("the service runs, with all its parts"),
        why=N_("a part that does not run leaves its work undone, and says nothing"),
        fix=N_("start it: systemctl start edoc; if it ends again, its log says why"),
    ),
    Check(
        code="work-waits",
        group=Group.SERVICE,
        title=N_("no work waits longer than it must"),
        why=N_("a part that runs and does not get on looks well to everybody else"),
        fix=N_(
            "edoc status and edoc queue list say what waits, and edoc why the reason"
        ),
    ),
    Check(
        code="broker-away",
        group=Group.BROKER,
        title=N_("our broker lets us in"),
        why=N_("nothing is sent or received; all of it waits"),
        fix=N_("what was found says it; edoc settings check looks at the certificates"),
    ),
    Check(
        code="broker-blocked",
        group=Group.BROKER,
        title=N_("our broker takes what we send"),
        why=N_("while its memory or disk is full a broker takes nothing from anybody"),
        fix=N_("the operator of the broker frees memory or disk; nothing is lost here"),
    ),
    Check(
        code="message-limit",
        group=Group.BROKER,
        title=N_("our broker takes messages as large as ours"),
        why=N_(
            "what is above the limit of the broker is refused, and goes again in"
            " smaller parts"
        ),
        fix=N_(
            "lower axis.segment_bytes, or have max_message_size of the broker raised"
        ),
    ),
    Check(
        code="mailbox-unsafe",
        group=Group.BROKER,
        title=N_("our own queues lose nothing"),
        why=N_(
            "a quorum queue with a delivery limit and no dead letter drops what it has"
            " handed out too often; a classic or transient one dies with its node"
        ),
        fix=N_(
            "the operator makes the queue anew once it is empty, from the definitions"
            " that edoc axis plan writes"
        ),
    ),
    Check(
        code="broker-alarm",
        group=Group.BROKER,
        title=N_("no alarm of memory or disk is on at our broker"),
        why=N_("with an alarm on it takes nothing from anybody"),
        fix=N_(
            "free memory or disk there; read what was set aside and never collected"
        ),
    ),
    Check(
        code="queue-unsafe",
        group=Group.BROKER,
        title=N_("no queue of the axis on our broker loses anything"),
        why=N_("mail for others is lost there as well as ours"),
        fix=N_("compare the broker with its plan, and make the queue anew when empty"),
    ),
    Check(
        code="queue-leftover",
        group=Group.BROKER,
        title=N_("somebody reads every mailbox"),
        why=N_("mail in a queue that nobody reads counts as sent, and fills the disk"),
        fix=N_(
            "start the connector of that account, or move its mail and take the queue"
            " out of the plan"
        ),
    ),
    Check(
        code="mail-set-aside",
        group=Group.BROKER,
        title=N_("nothing is set aside on our broker"),
        why=N_(
            "in edoc.dead is what a connector could not take, in edoc.lost what came"
            " for a code without a mailbox: documents somebody waits for"
        ),
        fix=N_(
            "look what they are, put right why they did not arrive, and move them to"
            " the mailbox they are for (the management page, Move messages)"
        ),
    ),
    Check(
        code="link-down",
        group=Group.BROKER,
        title=N_("the links of our broker are up"),
        why=N_(
            "what is for others waits in the queue of the link until it is up again"
        ),
        fix=N_(
            "rabbitmqctl shovel_status; most often the neighbour is away, or a"
            " certificate has ended"
        ),
    ),
    Check(
        code="consumer-timeout",
        group=Group.BROKER,
        title=N_("the broker gives us time to store a large packet"),
        why=N_(
            "who does not answer within consumer_timeout is cut off, and all it had in"
            " hand comes again, in the end into the dead letters"
        ),
        fix=N_(
            "set consumer_timeout of the broker to 1800000 (30 minutes) or more, as the"
            " rabbitmq.conf of edoc axis plan has it"
        ),
    ),
    Check(
        code="code-unroutable",
        group=Group.ROUTES,
        title=N_("there is a way to everybody we write to"),
        why=N_("a code that nobody serves any more gets nothing, whatever is sent"),
        fix=N_(
            "look the code up: the body may have another one, or have been merged; else"
            " ask the operator of the axis"
        ),
    ),
    Check(
        code="clock-broker",
        group=Group.CLOCKS,
        title=N_("the clock of the broker agrees with ours"),
        why=N_(
            "certificates begin and end by it; what is logged there is compared here"
        ),
        fix=N_("have both computers follow the time (timedatectl set-ntp true)"),
    ),
    Check(
        code="clock-database",
        group=Group.CLOCKS,
        title=N_("the clock of our database server agrees with ours"),
        why=N_("deadlines and leases compare both"),
        fix=N_("have both computers follow the time (timedatectl set-ntp true)"),
    ),
    Check(
        code="clock-partner",
        group=Group.CLOCKS,
        title=N_("the clocks of partners agree with ours"),
        why=N_(
            "a seal from the future is refused, and of two statuses the later counts"
        ),
        fix=N_(
            "if only one partner is off, tell it; if all are off alike, it is our clock"
        ),
    ),
    Check(
        code="key-ends",
        group=Group.CERTIFICATES,
        title=N_("the certificates of our seal keys hold"),
        why=N_(
            "without a certificate that holds nothing is sealed, and nothing leaves"
        ),
        fix=N_("ask your authority for a new one now, then: edoc key use NAME"),
    ),
    Check(
        code="key-revoked",
        group=Group.CERTIFICATES,
        title=N_("no key of ours was revoked"),
        why=N_("whatever it seals is refused by everybody"),
        fix=N_("have another key seal: edoc key use NAME"),
    ),
    Check(
        code="revocation-silent",
        group=Group.CERTIFICATES,
        title=N_("somebody answers whether certificates were revoked"),
        why=N_(
            "without an answer, what arrives is delivered for the time of"
            " trust.revocation.grace_hours and waits after it"
        ),
        fix=N_(
            "let this computer reach the OCSP and CRL addresses of the authorities, or"
            " name files in trust.revocation.crls"
        ),
    ),
    Check(
        code="anchor-ends",
        group=Group.CERTIFICATES,
        title=N_("the authorities we trust hold"),
        why=N_("when one ends, every seal beneath it is refused"),
        fix=N_("add the certificate that follows it to trust.anchors"),
    ),
    Check(
        code="line-certificate-ends",
        group=Group.CERTIFICATES,
        title=N_("the certificate of our account at the broker holds"),
        why=N_("when it ends the broker lets us in no more"),
        fix=N_(
            "ask for a new one, and put it in place of the old file; the service reads"
            " it by itself"
        ),
    ),
    Check(
        code="broker-certificate-ends",
        group=Group.CERTIFICATES,
        title=N_("the certificate of the broker holds"),
        why=N_("when it ends no connector goes near that broker any more"),
        fix=N_("tell the operator of the axis"),
    ),
    Check(
        code="disk-full",
        group=Group.ROOM,
        title=N_("there is room for what will come"),
        why=N_("without room nothing is accepted, and mail waits at the broker"),
        fix=N_("make room or give it more; what is old may be moved to an archive"),
    ),
    Check(
        code="database-damaged",
        group=Group.DATABASE,
        title=N_("the file of our database is whole"),
        why=N_("a damaged file fails later, and its backups with it"),
        fix=N_(
            "stop the service, keep the file, restore the newest backup; what came"
            " since then is at the partners: edoc reconciliation list"
        ),
    ),
    Check(
        code="index-missing",
        group=Group.DATABASE,
        title=N_("our database has all its indexes"),
        why=N_(
            "without one every step reads the whole table, and gets slower each day"
        ),
        fix=N_(
            "make it again as the migrations of this release do; whoever dropped it may"
            " have dropped more"
        ),
    ),
    Check(
        code="register-away",
        group=Group.REGISTER,
        title=N_("the database of the document software answers"),
        why=N_("nothing is taken over or delivered while it does not"),
        fix=N_("what was found says it; edoc settings check tries the whole mapping"),
    ),
    Check(
        code="register-index",
        group=Group.REGISTER,
        title=N_("what we ask the document software follows an index"),
        why=N_("a table is read from end to end every few seconds, and slows all down"),
        fix=N_(
            "have its administrator make an index on the columns in the WHERE of that"
            " statement"
        ),
    ),
    Check(
        code="settings-wrong",
        group=Group.FILES,
        title=N_("the settings and the keys they name serve"),
        why=N_("the service would not start again"),
        fix=N_("put right what is named; then edoc settings check"),
    ),
    Check(
        code="settings-open",
        group=Group.FILES,
        title=N_("only we may change the settings"),
        why=N_("who may change them decides whose seals are believed"),
        fix=N_("chmod go-w on the settings file"),
    ),
    Check(
        code="state-open",
        group=Group.FILES,
        title=N_("only we may look into our state folder"),
        why=N_("all documents are in it"),
        fix=N_("chmod 700 on the state folder"),
    ),
    Check(
        code="time-zone",
        group=Group.FILES,
        title=N_("this computer keeps the time of Vietnam"),
        why=N_("logs and timers are read by people who do"),
        fix=N_("set it by: timedatectl set-timezone Asia/Ho_Chi_Minh"),
    ),
)

CHECKS: Final[Mapping[str, Check]] = {it.code: it for it in ALL}

GROUPS: Final[Mapping[Group, str]] = {
    Group.SERVICE: N_("The service"),
    Group.BROKER: N_("The broker"),
    Group.ROUTES: N_("Ways"),
    Group.CLOCKS: N_("Clocks"),
    Group.CERTIFICATES: N_("Certificates"),
    Group.ROOM: N_("Room"),
    Group.DATABASE: N_("Our database"),
    Group.REGISTER: N_("The document software"),
    Group.FILES: N_("Files"),
}
