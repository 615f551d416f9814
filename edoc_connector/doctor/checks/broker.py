"""What is looked at of the broker, and of the ways over it."""

from __future__ import annotations

from typing import Final

from edoc_connector.doctor.finding import Check, Group
from edoc_connector.errors import N_

OF_BROKER: Final = (
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
)
