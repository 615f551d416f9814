"""Guards, constraints and orders of the code, each taken out: some test must notice.

A mutation names the promise that goes with it and the tests that are to fail.
`make mutations` tries them all; a unit test sees to it that each text still stands in
the code exactly once, so that the list does not rot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FAULTS: Final = "tests/faults/test_crash_points.py"
KILLS: Final = f"{FAULTS}::test_no_kill_loses_or_doubles_anything"
A_DOCUMENT: Final = f"{KILLS}[a document]"
SEVERAL: Final = f"{KILLS}[several that leave together]"
ARRIVING: Final = f"{KILLS}[several that arrive together]"
SEGMENTS: Final = f"{KILLS}[a packet in segments]"
GRACE: Final = f"{KILLS}[delivered in grace, proven later]"
LATE_STAMP: Final = f"{KILLS}[a late time stamp]"
RACES: Final = "tests/contract/test_storage_races.py"
STORAGE: Final = "tests/contract/test_storage.py"
KEYS: Final = "tests/contract/test_storage_keys.py"
RECEIVING: Final = "tests/unit/flows/incoming/test_receiving.py"

RETURNED: Final = "tests/unit/flows/statuses/test_returned.py"

FLOWS: Final = "edoc_connector/flows"
STORE: Final = "edoc_connector/storage"
FIRST: Final = f"{STORE}/migrations/versions/v0001_first.py"


@dataclass(frozen=True, slots=True)
class Edit:
    """A text that stands once in a file, and what is put in its place."""

    file: str
    text: str
    instead: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """One promise taken away, and who should notice."""

    name: str
    promise: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


def one(
    name: str, promise: str, *tests: str, file: str, text: str, instead: str
) -> Mutation:
    """A mutation of a single place."""
    return Mutation(name, promise, (Edit(file, text, instead),), tests)


MUTATIONS: Final = (
    # --- the order of two effects ---------------------------------------------
    Mutation(
        "ack before commit",
        "what the broker may forget is durable here",
        (
            Edit(
                f"{FLOWS}/incoming/mailbag.py",
                "        packets, self._packets = tuple(self._packets.values()), {}\n",
                "        packets, self._packets = tuple(self._packets.values()), {}\n"
                "        self.consumer.acknowledge(*packets)\n",
            ),
            Edit(
                f"{FLOWS}/incoming/mailbag.py",
                "            self.consumer.acknowledge("
                "*(it.delivery for it in whole))\n",
                "            pass\n",
            ),
        ),
        (A_DOCUMENT,),
    ),
    Mutation(
        "settled before the confirm",
        "what the broker has not confirmed is published again",
        (
            Edit(
                f"{FLOWS}/outgoing/passage.py",
                "            means.publisher.send(ticket, message, departure.keys)\n",
                "            if isinstance(departure, Parcel):\n"
                "                items = departure.items\n"
                "                settle(means, items, DeliveryEvent.CONFIRM)\n"
                "            means.publisher.send(ticket, message, departure.keys)\n",
            ),
            Edit(
                f"{FLOWS}/outgoing/passage.py",
                "        settle(self._means, items, DeliveryEvent.CONFIRM)\n",
                "",
            ),
        ),
        (A_DOCUMENT,),
    ),
    Mutation(
        "the register after our own commit",
        "what is called delivered is in the register",
        (
            Edit(
                f"{FLOWS}/requests/arriving.py",
                "    row_id = dms.put(\n"
                "        opened.judged.verified, key=arrival.key, "
                "recipient=site.organization.code\n    )\n",
                '    row_id = "1"\n',
            ),
            Edit(
                f"{FLOWS}/incoming/company.py",
                "        if self.guard(it.entry, write):\n",
                "        from edoc_connector.model.identifiers import delivery_key\n\n"
                "        write()\n"
                "        us = self.site.organization.code\n"
                "        if isinstance(it, Delivered):\n"
                "            verified = it.document.opened.judged.verified\n"
                "            key = delivery_key(verified.statement_digest, us)\n"
                "            self.dms.put(verified, key=key, recipient=us)\n"
                "        if it:\n",
            ),
        ),
        (A_DOCUMENT,),
    ),
    Mutation(
        "segments forgotten before the packet is kept",
        "of a packet in segments no part is missed",
        (
            Edit(
                f"{FLOWS}/incoming/accept.py",
                "    keep_whole(site, storage, delivery, stored)\n"
                "    forget(storage, segments)\n",
                "    for segment in segments:\n"
                "        storage.spool.remove(segment.content)\n"
                "    keep_whole(site, storage, delivery, stored)\n",
            ),
        ),
        (SEGMENTS,),
    ),
    Mutation(
        "a step settled before the register has it",
        "the clerk sees every step",
        (
            Edit(
                f"{FLOWS}/statuses/progress.py",
                "    told: list[int] = []\n",
                "    told: list[int] = []\n"
                "    _settle(storage, [item.id for item in due])\n",
            ),
        ),
        (A_DOCUMENT,),
    ),
    one(
        "the bytes not brought to the disk",
        "what is kept survives a power cut",
        A_DOCUMENT,
        file=f"{STORE}/content.py",
        text="            file.sync()\n",
        instead="            pass\n",
    ),
    one(
        "the name not brought to the disk",
        "what is kept is found after a power cut",
        A_DOCUMENT,
        file=f"{STORE}/content.py",
        text="            _sync(shelf)\n",
        instead="            pass\n",
    ),
    one(
        "the folders above not brought to the disk",
        "the first of all contents survives a power cut",
        SEGMENTS,
        file=f"{STORE}/content.py",
        text="            place = place.parent\n            _sync(place)\n",
        instead="            place = place.parent\n",
    ),
    one(
        "renamed before the bytes are on the disk",
        "what has its name is whole",
        "tests/unit/storage/test_content.py",
        A_DOCUMENT,
        file=f"{STORE}/content.py",
        text="            file.sync()\n",
        instead="            pass\n",
    ),
    # --- what must be true together -------------------------------------------
    one(
        "the queue settled in a transaction of its own",
        "what has left is known as sent, and told",
        A_DOCUMENT,
        file=f"{FLOWS}/outgoing/settling.py",
        text="    if documents:\n",
        instead='    work.connection.exec_driver_sql("COMMIT")\n'
        '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "    if documents:\n",
    ),
    Mutation(
        "the fact of the arrival in a transaction of its own",
        "what was accepted is in the ledger",
        (
            Edit(
                f"{FLOWS}/incoming/entering.py",
                "        work.ledger.append(accepted(delivery, stored), "
                "site.clock())\n",
                '        work.connection.exec_driver_sql("COMMIT")\n'
                '        work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
                "        work.ledger.append(accepted(delivery, stored), "
                "site.clock())\n",
            ),
        ),
        (A_DOCUMENT,),
    ),
    one(
        "the facts of several arrivals in a transaction of their own",
        "what was accepted is in the ledger",
        ARRIVING,
        file=f"{FLOWS}/incoming/entering.py",
        text="    for it in whole:\n        work.ledger.append(",
        instead='    work.connection.exec_driver_sql("COMMIT")\n'
        '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "    for it in whole:\n        work.ledger.append(",
    ),
    Mutation(
        "taken in one transaction, told in another",
        "what was taken is told to the register",
        (
            Edit(
                f"{FLOWS}/taken.py",
                "    if tells_row:\n",
                '    work.connection.exec_driver_sql("COMMIT")\n'
                '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
                "    if tells_row:\n",
            ),
        ),
        (A_DOCUMENT,),
    ),
    one(
        "several taken in one transaction, told in another",
        "what was taken is told to the register",
        SEVERAL,
        file=f"{FLOWS}/taken.py",
        text="    tell_of_rows(site, work,",
        instead='    work.connection.exec_driver_sql("COMMIT")\n'
        '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "    tell_of_rows(site, work,",
    ),
    one(
        "sealed in one transaction, queued in another",
        "what is sealed leaves",
        A_DOCUMENT,
        file=f"{FLOWS}/outgoing/sealed.py",
        text="    work.deliveries.seal_all(",
        instead='    work.connection.exec_driver_sql("COMMIT")\n'
        '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "    work.deliveries.seal_all(",
    ),
    one(
        "delivered in one transaction, answered in another",
        "who sent it hears that it arrived",
        A_DOCUMENT,
        file=f"{FLOWS}/incoming/delivered.py",
        text="    give(site, work, *(it.answer for it in delivered if it.answer is not "
        "None))\n",
        instead="    give(site, work, *(it.answer for it in delivered if it.answer))\n"
        '    work.connection.exec_driver_sql("COMMIT")\n'
        '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n',
    ),
    one(
        "a late stamp noted outside the transaction of the seal",
        "what left without its stamp gets it later",
        LATE_STAMP,
        file=f"{FLOWS}/outgoing/sealed.py",
        text="    for it in sealed:\n        _stamp_later(",
        instead='    work.connection.exec_driver_sql("COMMIT")\n'
        '    work.connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "    for it in sealed:\n        _stamp_later(",
    ),
    # --- keys that make a repetition harmless ---------------------------------
    one(
        "another delivery key at each try",
        "what is put into the register again changes nothing",
        A_DOCUMENT,
        file=f"{FLOWS}/requests/arriving.py",
        text="    return delivery_key(opened.judged.verified.statement_digest, _us",
        instead='    return f"{site.clock()}"  # ',
    ),
    one(
        "another message id at each try",
        "a row has one message id, whoever takes it",
        STORAGE,
        "tests/unit/model/test_identifiers.py",
        file="edoc_connector/model/identifiers.py",
        text='    return MessageId(str(uuid.uuid5(MESSAGES, f"row|{sender}|{row_id}'
        '|{revision}")))\n',
        instead="    return MessageId(str(uuid.uuid4()))\n",
    ),
    Mutation(
        "the inbox without its unique key",
        "a packet that comes twice is known",
        (
            Edit(
                FIRST,
                '            "account", "message_id", "packet", name="uq_inbox',
                '            "id", name="uq_inbox',
            ),
        ),
        (STORAGE,),
    ),
    one(
        "arrivals without their unique key",
        "a delivery key arrives once for ever",
        STORAGE,
        file=FIRST,
        text='sa.UniqueConstraint("key", name="uq_arrivals_key")',
        instead='sa.UniqueConstraint("id", name="uq_arrivals_key")',
    ),
    Mutation(
        "receipts without their unique key",
        "a repeated receipt counts once",
        (
            Edit(
                FIRST,
                '            "message_id",\n'
                '            name="uq_receipts_document_recipient_message_id",\n',
                '            "message_id",\n            "id",\n'
                '            name="uq_receipts_document_recipient_message_id",\n',
            ),
        ),
        (STORAGE,),
    ),
    Mutation(
        "segments without their unique key",
        "a segment that comes twice is counted once",
        (
            Edit(
                FIRST,
                '            "number",\n'
                '            name="uq_segments_account_message_id_packet_number",\n',
                '            "number",\n            "id",\n'
                '            name="uq_segments_account_message_id_packet_number",\n',
            ),
        ),
        (STORAGE,),
    ),
    one(
        "answers without their unique key",
        "an answer is given once",
        STORAGE,
        file=FIRST,
        text='sa.UniqueConstraint("message_id", name="uq_answers_message_id")',
        instead='sa.UniqueConstraint("id", name="uq_answers_message_id")',
    ),
    # --- guards ---------------------------------------------------------------
    one(
        "a delivery moves from whatever state",
        "of two who move it one has lost",
        RACES,
        file=f"{STORE}/deliveries.py",
        text="            recipient=recipient,\n            state=before,\n",
        instead="            recipient=recipient,\n",
    ),
    one(
        "several deliveries are answered from whatever state",
        "of two who move it one has lost",
        STORAGE,
        file=f"{STORE}/deliveries.py",
        text='IS: Final = ("document", "recipient", "state")',
        instead='IS: Final = ("document", "recipient")',
    ),
    one(
        "several deliveries show what they are told, whatever they showed",
        "what was said later stays shown",
        STORAGE,
        file=f"{STORE}/deliveries.py",
        text='WAS_SHOWN: Final = ("status", "status_at")',
        instead="WAS_SHOWN: Final = ()",
    ),
    one(
        "of several statuses an older one is counted as the newest",
        "what was said later stays shown",
        "tests/unit/flows/statuses/test_recording.py",
        file=f"{FLOWS}/statuses/recording.py",
        text="shown_at is None or shown_at < receipt.stated_at",
        instead="True",
    ),
    one(
        "what a sender says first is written last",
        "what one sender says is told in its order",
        "tests/unit/flows/statuses/test_recording.py",
        file=f"{FLOWS}/statuses/recording.py",
        text="            behind.add(sender)\n",
        instead="",
    ),
    one(
        "a document moves from whatever state",
        "of two who seal it one has lost",
        RACES,
        STORAGE,
        file=f"{STORE}/documents.py",
        text="change(values, key=key, state=before)",
        instead="change(values, key=key)",
    ),
    one(
        "an inbox entry moves from whatever state",
        "of two who judge it one has lost",
        RACES,
        file=f"{STORE}/inbox.py",
        text="change(values, id=id, state=before)",
        instead="change(values, id=id)",
    ),
    one(
        "the outbox settles what is settled",
        "nothing is settled twice",
        STORAGE,
        file=f"{STORE}/outbox.py",
        text="            sa.update(outbox).where(outbox.c.id == item, WAITING)"
        ".values(values)\n        )\n        if changed",
        instead="            sa.update(outbox).where(outbox.c.id == item)"
        ".values(values)\n        )\n        if changed",
    ),
    one(
        "the lease of the outbox ignored",
        "what one worker has in hand no other sends",
        STORAGE,
        file=f"{STORE}/leases.py",
        text='    outbox.c.leased_until <= sa.bindparam("now"),\n',
        instead="    sa.true(),\n",
    ),
    one(
        "the leases of a slow line not renewed",
        "what one worker has in hand no other sends",
        "tests/unit/flows/outgoing/test_relay.py",
        file=f"{FLOWS}/outgoing/departures.py",
        text="        if now - self._leased_at < RENEWED_AFTER:\n            return\n",
        instead="        return\n",
    ),
    one(
        "what has become another's sent all the same",
        "what one worker has in hand no other sends",
        "tests/unit/flows/outgoing/test_relay.py",
        file=f"{STORE}/leases.py",
        text="    THOSE, WAITING, MINE, outbox.c.parked_at",
        instead="    THOSE, WAITING, outbox.c.parked_at",
    ),
    one(
        "a worker waits for its own lease",
        "after a crash a relay goes on at once",
        STORAGE,
        A_DOCUMENT,
        file=f"{STORE}/leases.py",
        text='    outbox.c.leased_by == sa.bindparam("worker"),\n    outbox',
        instead="    outbox",
    ),
    one(
        "steps of one row overtake each other",
        "the clerk sees the last state, not the last written",
        STORAGE,
        file=f"{STORE}/progress.py",
        text="        ~sa.exists().where(\n",
        instead="        sa.true() | sa.exists().where(\n",
    ),
    one(
        "what died writers left is not swept",
        "crashes do not fill the disk",
        A_DOCUMENT,
        file=f"{FLOWS}/mend.py",
        text="storage.content.sweep() + storage.spool.sweep() + ",
        instead="",
    ),
    one(
        "segments of a killed accept are not swept",
        "crashes do not fill the disk",
        SEGMENTS,
        file=f"{FLOWS}/mend.py",
        text=" + _segments(storage)\n",
        instead="\n",
    ),
    one(
        "what could not be kept is not given back",
        "after a full disk the post comes again",
        "tests/unit/flows/incoming/test_receiving.py",
        file=f"{FLOWS}/incoming/accept.py",
        text="            bag.consumer.close()\n        raise\n",
        instead="            pass\n        raise\n",
    ),
    one(
        "a step may be dated before the one that was told",
        "a clock that goes back does not hide an arrival from the clerk",
        STORAGE,
        file=f"{STORE}/progress.py",
        text='set_={"at": latest}',
        instead='set_={"at": new.excluded.at}',
    ),
    one(
        "a first try waits for the clock",
        "a clock that goes back holds up nothing",
        STORAGE,
        file=f"{STORE}/leases.py",
        text="        outbox.c.attempts == 0,\n",
        instead="",
    ),
    one(
        "a repetition is not answered",
        "a receipt that was lost on the way is given again",
        RECEIVING,
        file=f"{FLOWS}/incoming/entering.py",
        text="            answer_again(site, work, entry.id)\n",
        instead="            pass\n",
    ),
    one(
        "SQLite syncs when it likes",
        "a commit survives a power cut",
        "tests/unit/storage/test_engine.py",
        file=f"{STORE}/engine.py",
        text='"PRAGMA synchronous = FULL"',
        instead='"PRAGMA synchronous = OFF"',
    ),
    one(
        "a writer looks first and locks later",
        "who looked before another moved has lost, and is not stuck",
        RACES,
        file=f"{STORE}/engine.py",
        text='"BEGIN IMMEDIATE"',
        instead='"BEGIN"',
    ),
    one(
        "the head of the ledger is not locked",
        "two who append at once never fork the chain",
        RACES,
        file=f"{STORE}/ledger.py",
        text="self._head(HEAD_TO_CHANGE)",
        instead="self._head(HEAD)",
    ),
    one(
        "the word that came last counts, not the word said last",
        "of words that overtake each other the newest is shown",
        "tests/property/test_statuses.py",
        file="edoc_connector/storage/receipts.py",
        text="order = (receipts.c.stated_at, rank, receipts.c.message_id)",
        instead="order = (receipts.c.message_id, receipts.c.stated_at, rank)",
    ),
    one(
        "anybody speaks for a closed body",
        "a status of a successor counts only where we know that it is one",
        "tests/hostile/test_successors.py",
        file=f"{FLOWS}/statuses/teller.py",
        text="        left = that_have_left(self.work.deliveries.of(document))\n",
        instead="        left = that_have_left(self.work.deliveries.of(document))\n"
        "        return left[0]\n",
    ),
    # --- what links bring back -------------------------------------------------
    one(
        "whatever came back was for the recipient that it names",
        "a return counts under the very key by which its recipient is reached",
        RETURNED,
        file=f"{FLOWS}/statuses/returned.py",
        text='"another key": returned.key not in keys,',
        instead='"another key": False,',
    ),
    one(
        "a third key leads home too",
        "what leads elsewhere as well as to its sender proves nothing",
        "tests/unit/bus/test_returned.py",
        file="edoc_connector/bus/returned.py",
        text="headers.get(COPIES) != [sender_key(message.sender)]",
        instead="sender_key(message.sender) not in headers.get(COPIES, ())",
    ),
    one(
        "any link is believed",
        "what comes back is believed of links in trust.links only",
        RETURNED,
        file=f"{FLOWS}/statuses/returned.py",
        text="returned.account not in site.policy.links,",
        instead="False,",
    ),
    one(
        "an old copy undoes what was sent again",
        "what was sent again since does not become unroutable by an older copy",
        RETURNED,
        file=f"{FLOWS}/statuses/returned.py",
        text='"sent again since": message.sent_at < queued_at,',
        instead='"sent again since": False,',
    ),
    one(
        "what comes back undoes what the receiver has sealed",
        "a sealed word of the receiver counts more than what brokers say",
        RETURNED,
        file=f"{FLOWS}/statuses/returned.py",
        text="if delivery.state not in AWAITED:",
        instead="if False:",
    ),
    one(
        "a late confirm hides what has come back",
        "what came back before its confirm was written down stays unroutable",
        RETURNED,
        file=f"{FLOWS}/outgoing/settling.py",
        text="return  # it has come back already (`statuses.returned`)",
        instead="pass",
    ),
    one(
        "a ping is undone by any link",
        "that nobody is there is believed of links in trust.links only",
        "tests/unit/flows/pinging/test_sent_back.py",
        file=f"{FLOWS}/pinging/sent_back.py",
        text="returned.account in site.policy.links",
        instead="True",
    ),
    one(
        "a ping is undone under another key",
        "a ping came back under the very key by which its recipient is reached",
        "tests/unit/flows/pinging/test_sent_back.py",
        file=f"{FLOWS}/pinging/sent_back.py",
        text="returned.key in keys_of_document(sent.recipient, NO_PRIORITY)",
        instead="True",
    ),
    # --- a mailbox for several --------------------------------------------------
    one(
        "what comes later overtakes what was set aside",
        "who was away gets its mail in its order",
        "tests/unit/flows/incoming/test_sorting.py",
        file=f"{FLOWS}/incoming/sorting.py",
        text="            if tray.is_behind:\n",
        instead="            if False:\n",
    ),
    one(
        "what was set aside is acknowledged with what came after it",
        "the broker forgets only what somebody has",
        "tests/unit/bus/test_consumer.py",
        file="edoc_connector/bus/intake.py",
        text="                self._in_hand[tag] = 0\n",
        instead="                del self._in_hand[tag]\n",
    ),
    one(
        "what was set aside never comes again",
        "who is back gets all that has waited with the broker",
        "tests/unit/flows/incoming/test_sorting.py",
        file=f"{FLOWS}/incoming/sorting.py",
        text="is_back = any(it.is_behind and not it.waiting for it in self.trays)",
        instead="is_back = False",
    ),
    one(
        "an alias of two bodies leads to the first of them",
        "mail is led away only where one single body can be meant",
        "tests/unit/flows/directory/test_routes.py",
        file=f"{FLOWS}/directory/routes.py",
        text="if len(called) != 1:",
        instead="if not called:",
    ),
)
