"""What happens next with an item, and what exactly a person is to do or to type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.errors import N_
from edoc_connector.flows.inspecting.standing import Situation

NEXT: Final[Mapping[Situation, str]] = {
    Situation.UNFIT: N_(
        "It cannot be sent as it stands: the clerk corrects it in the document software"
        " and releases it again; here nothing is to be done"
    ),
    Situation.SUPERSEDED: N_(
        "The row was corrected and released again later; look at that document"
    ),
    Situation.TO_SEAL: N_(
        "The connector seals it by itself while `edoc run` runs; if it stays so, look"
        " at `edoc status` and `edoc key list`"
    ),
    Situation.QUEUED: N_(
        "The connector sends it by itself while `edoc run` runs; if it stays so, look"
        " at `edoc status`"
    ),
    Situation.POSTPONED: N_(
        "The axis did not take it; the connector tries again by itself, after longer"
        " and longer pauses"
    ),
    Situation.BARRED: N_(
        "Nothing gets through to this receiver at present, so all that is for it waits;"
        " the connector tries again by itself; if it lasts, ask the operator of the"
        " axis"
    ),
    Situation.HELD: N_(
        "A person here has stopped it; to let it go, type: edoc queue release {id}"
    ),
    Situation.MISLAID: N_(
        "It is sealed and not in the queue; to put it there, type:"
        " edoc document resend {id} --to {recipient}"
    ),
    Situation.AWAITED: N_(
        "The receiver's connector confirms the arrival by a sealed receipt; here"
        " nothing is to be done"
    ),
    Situation.LATE: N_(
        "Ask the receiver whether its connector runs; to send the same packet again,"
        " which doubles nothing, type: edoc document resend {id} --to {recipient}"
    ),
    Situation.RECEIPT_REFUSED: N_(
        "A receipt came and was not believed here: see edoc quarantine list; once the"
        " cause is put right, type edoc quarantine release with its id"
    ),
    Situation.ARRIVED: N_("Nothing is to be done"),
    Situation.CHANGE_AWAITED: N_(
        "The receiver was asked for a change and has not answered yet; here nothing is"
        " to be done"
    ),
    Situation.CHANGE_FAILED: N_(
        "The receiver does not know that a change is asked for; what became of the"
        " request, and what the clerk can do about it: edoc why {change}"
    ),
    Situation.CHANGE_SET_ASIDE: N_(
        "The receiver does not know that a change is asked for; put right what is named"
        " as the cause, then type: edoc document resend {change} --to {recipient}"
    ),
    Situation.TURNED_DOWN: N_(
        "A clerk at the receiver has turned it down, and the same packet would only get"
        " the same answer (02) again; the clerk sends a corrected document, or takes"
        " that over and lets it replace this one: edoc document replace {id} --by NEW"
        " --reason TEXT --to {recipient}; a receiver that changes its mind takes it up"
        " there, for it has it already"
    ),
    Situation.NOT_ACCEPTED: N_(
        "The receiver's connector did not let it in, for the reason it gives; where the"
        " document is at fault, the clerk sends a corrected one; where something there"
        " was, and is put right, send the same packet, which is checked anew:"
        " edoc document resend {id} --to {recipient}"
    ),
    Situation.NO_MAILBOX: N_(
        "The clerk asks the receiver for its code and corrects it in the document"
        " software; where the code is right, the receiver is not connected yet, and"
        " once it is, type: edoc document resend {id} --to {recipient}"
    ),
    Situation.SET_ASIDE: N_(
        "Put right what is named as the cause, then type:"
        " edoc document resend {id} --to {recipient}"
    ),
    Situation.EXPIRED: N_(
        "The clerk sends it in another way, on paper, or once more:"
        " edoc document resend {id} --to {recipient}; the sealed statement that it did"
        " not arrive: edoc document statement {id} --to {recipient}"
    ),
    Situation.WITHDRAWN: N_(
        "The receiver never got it, and will not; nothing is to be done"
    ),
    Situation.FROZEN: N_(
        "It was recalled or replaced, and is not sent to this receiver again; nothing"
        " is to be done"
    ),
    Situation.TO_JUDGE: N_(
        "The connector checks it by itself while `edoc run` runs; if it stays so, look"
        " at `edoc status`"
    ),
    Situation.JUDGED_AGAIN: N_(
        "It could not be finished; the connector tries again by itself"
    ),
    Situation.DOUBTED: N_(
        "The connector asks again by itself; the operator opens the way to the address"
        " that is named (docs/trust.md)"
    ),
    Situation.DELIVERED: N_(
        "It is in the document software, and the clerk goes on there; here nothing is"
        " to be done"
    ),
    Situation.RECALLED_HERE: N_(
        "Its sender has recalled it, and it is cancelled here; nothing is to be done"
    ),
    Situation.REPLACED_HERE: N_(
        "{newer} has taken its place; the clerk goes on with that one"
    ),
    Situation.REFUSED_HERE: N_(
        "The clerk has refused it, and its sender was told (02); who wants it after all"
        " takes it up in the document software"
    ),
    Situation.REQUEST: N_(
        "It asks for a change and brings no document of its own; nothing is to be done"
    ),
    Situation.STATUS_WITHHELD: N_(
        "What the document software says of it cannot be told to the sender; compare"
        " the mapping with its tables: edoc settings check"
    ),
    Situation.STATUS_OUT_OF_TURN: N_(
        "What the document software says of it does not follow what the sender was told"
        " before; the clerk puts it right there"
    ),
    Situation.RECORDED: N_("Nothing is to be done"),
    Situation.SENDER_TOLD: N_(
        "The sender was told why, and sends it again corrected; where the fault was"
        " here, type: edoc quarantine release {id}"
    ),
    Situation.SENDER_NOT_TOLD: N_(
        "The sender does not know it yet; look at it: edoc quarantine show {id}; then"
        " edoc quarantine release {id} checks it again, and"
        " edoc quarantine reject {id} --reason TEXT tells the sender"
    ),
    Situation.REJECTED: N_(
        "A person here has rejected it; it is kept, and nothing is to be done"
    ),
    Situation.ANSWER_OWED: N_(
        "The sender waits for our answer, which nobody could seal: see `edoc key list`;"
        " it leaves by itself once there is a key again"
    ),
    Situation.ORDER_ASKED: N_(
        "The clerk decides: edoc document agree {id}, or"
        " edoc document refuse {id} --reason TEXT"
    ),
    Situation.ORIGINAL_AWAITED: N_(
        "It changes a document that has not come yet; the connector waits for that by"
        " itself, and the sender may have to send it again"
    ),
    Situation.CHANGE_REFUSED: N_(
        "The receiver keeps the document as it was; the clerk settles it with the"
        " receiver, or sends a new document that puts things right"
    ),
}
"""{id} is the document, {recipient} the body it is for, {change} what was asked of it.

{newer} is what has replaced a received one.
"""

UPDATE_REFUSED: Final = N_(
    "The receiver keeps the document as it was; the clerk settles it with the receiver,"
    " or takes the document back or replaces it: edoc document recall {original} or"
    " edoc document replace {original}, with --to {recipient}"
)
"""After a recall or a replacement that was refused nothing more can be asked."""

STATUS_FAILED: Final = N_(
    "What the document software says of it could not be told to the sender, for the"
    " reason that stands here; the maintainer of the connector is to see it"
)
"""Where neither a word of the register nor its mapping is the cause."""
