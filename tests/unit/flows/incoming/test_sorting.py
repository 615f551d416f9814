"""One mailbox for several: who gets what, and when the broker may forget it."""

from dataclasses import replace

import pytest

from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.returned import Returned
from edoc_connector.errors import BusUnavailable, StorageUnavailable
from edoc_connector.flows.incoming.sorting import Sorter
from edoc_connector.flows.incoming.strangers import KEPT_SECONDS, Strangers
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.messages import message

FIRST, SECOND = OrganizationCode("H53.14"), OrganizationCode("H53.15")


class Mailbox:
    """A mailbox with these messages in it."""

    is_held_up = False

    def __init__(self, *arriving):
        self.arriving = list(arriving)
        self.acknowledged = []
        self.aside = []
        self.is_closed = False
        self.is_away = False

    def receive(self, _wait_seconds):
        if self.is_away:
            raise BusUnavailable(address="nowhere", problem="gone")
        return self.arriving.pop(0) if self.arriving else None

    def acknowledge(self, *deliveries):
        if self.is_away:
            raise BusUnavailable(address="nowhere", problem="gone")
        self.acknowledged.extend(it.tag for it in deliveries)

    def set_aside(self, *deliveries):
        self.aside.extend(it.tag for it in deliveries)

    def close(self):
        self.is_closed = True
        self.aside.clear()


def letter(tag, recipient, *others):
    mail = message(recipient=OrganizationCode(recipient), others=others)
    return Delivery(account="province", message=mail, tag=tag, redelivered=False)


def sorted_out(*arriving):
    mailbox = Mailbox(*arriving)
    sorter = Sorter(mailbox, [(FIRST,), (SECOND,)])
    sorter.fetch(0, 10)
    return mailbox, sorter, *sorter.trays


def tags(tray):
    return [it.tag for it in tray.waiting]


def test_each_gets_what_is_for_it_in_either_writing():
    _, _, first, second = sorted_out(
        letter(1, "H53.14"), letter(2, "000.00.15.H53"), letter(3, "H53.14")
    )

    assert tags(first) == [1, 3]
    assert tags(second) == [2]


def test_mail_for_nobody_and_what_is_no_message_goes_to_the_first():
    foreign = Foreign("stranger", "no contract", b"", 2)

    _, _, first, second = sorted_out(letter(1, "H53.99"), foreign)

    assert tags(first) == [1, 2]
    assert tags(second) == []


def test_the_broker_forgets_what_somebody_has():
    mailbox, _, first, _ = sorted_out(letter(1, "H53.14"), letter(2, "H53.14"))

    first.acknowledge(first.receive(0))

    assert mailbox.acknowledged == [1]


def test_who_has_stored_the_body_acknowledges_without_it():
    mailbox, _, first, _ = sorted_out(letter(1, "H53.14"))
    received = first.receive(0)

    first.acknowledge(replace(received, message=replace(received.message, body=b"")))

    assert mailbox.acknowledged == [1]
    assert not first.in_hand


def test_what_is_for_several_is_forgotten_when_the_last_has_it():
    stranger = OrganizationCode("G22")
    mailbox, _, first, second = sorted_out(
        letter(1, "H53.14", stranger, OrganizationCode("000.00.15.H53"))
    )

    first.acknowledge(first.receive(0))
    assert mailbox.acknowledged == []
    second.acknowledge(second.receive(0))

    assert mailbox.acknowledged == [1]


def test_of_several_at_once_the_broker_forgets_those_that_nobody_else_needs():
    mailbox, _, first, second = sorted_out(
        letter(1, "H53.14", SECOND), letter(2, "H53.14"), letter(3, "H53.15")
    )

    first.acknowledge(first.receive(0), first.receive(0))
    assert mailbox.acknowledged == [2]
    second.acknowledge(second.receive(0), second.receive(0))

    assert mailbox.acknowledged == [2, 1, 3]


def test_who_cannot_keep_it_has_it_again_and_the_line_stays():
    mailbox, _, first, second = sorted_out(
        letter(1, "H53.14"), letter(2, "H53.14"), letter(3, "H53.15")
    )
    first.receive(0)

    first.close()

    assert tags(first) == [1, 2]
    assert tags(second) == [3]
    assert not mailbox.is_closed


def left_by_the_second():
    """Two for who is away, who has had a turn; a third one has come since."""
    mailbox, sorter, first, second = sorted_out(
        letter(1, "H53.15"), letter(2, "H53.15"), letter(3, "H53.14")
    )
    first.acknowledge(first.receive(0))
    mailbox.arriving += [letter(4, "H53.15"), letter(5, "H53.14")]
    sorter.fetch(0, 10)
    return mailbox, sorter, first, second


def test_what_somebody_has_not_taken_in_its_turn_keeps_no_room_of_the_others():
    mailbox, _, first, second = left_by_the_second()

    assert mailbox.aside == [1, 2, 4]
    assert tags(first) == [5]
    assert tags(second) == [1]
    assert not mailbox.is_closed


def test_who_takes_the_first_of_them_gets_all_the_others_again_and_in_order():
    mailbox, sorter, first, second = left_by_the_second()
    first.acknowledge(first.receive(0))

    second.acknowledge(second.receive(0))
    mailbox.arriving += [letter(11, "H53.15"), letter(12, "H53.15")]
    sorter.fetch(0, 10)

    assert mailbox.acknowledged == [3, 5, 1]
    assert mailbox.is_closed
    assert tags(second) == [11, 12]


def test_who_is_away_for_long_has_one_message_here_and_no_more():
    mailbox, sorter, first, second = left_by_the_second()
    first.acknowledge(first.receive(0))

    for tag in range(6, 12):
        assert second.receive(0).tag == 1
        second.close()
        mailbox.arriving.append(letter(tag, "H53.15"))
        sorter.fetch(0, 10)

    assert tags(second) == [1]
    assert set(mailbox.aside) == {1, 2, 4, *range(6, 12)}
    assert not mailbox.is_closed


def test_what_is_for_one_who_is_away_and_another_reaches_the_other():
    mailbox, sorter, first, second = left_by_the_second()
    first.acknowledge(first.receive(0))
    mailbox.arriving.append(letter(6, "H53.14", SECOND))
    sorter.fetch(0, 10)

    first.acknowledge(first.receive(0))

    assert mailbox.acknowledged == [3, 5]
    assert mailbox.aside[-1] == 6
    assert tags(second) == [1]


def test_a_defect_at_one_message_keeps_those_behind_it_here():
    mailbox, sorter, _, second = sorted_out(
        letter(1, "H53.15"), letter(2, "H53.15"), letter(3, "H53.15")
    )
    second.receive(0)  # a defect: neither kept nor given back

    mailbox.arriving.append(letter(4, "H53.15"))
    sorter.fetch(0, 10)
    while it := second.receive(0):
        second.acknowledge(it)
    sorter.fetch(0, 10)

    assert mailbox.acknowledged == [2, 3, 4]
    assert mailbox.aside == []
    assert not mailbox.is_closed


def test_where_what_was_set_aside_holds_up_the_others_all_comes_again():
    mailbox, sorter, first, second = left_by_the_second()
    mailbox.is_held_up = True
    mailbox.arriving.append(letter(11, "H53.15"))

    sorter.fetch(0, 10)

    assert mailbox.is_closed
    assert tags(first) == []
    assert tags(second) == [11]


def test_a_directory_that_cannot_be_asked_is_asked_once_for_all_that_has_come():
    asked = []

    def is_away(codes):
        asked.append(codes)
        raise StorageUnavailable(problem="gone")

    mailbox = Mailbox(*(letter(tag, f"H53.9{tag}") for tag in range(5)))
    sorter = Sorter(mailbox, [(FIRST,), (SECOND,)])
    sorter.trays[1].recognises = is_away
    sorter.fetch(0, 10)
    assert len(asked) == 1
    assert tags(sorter.trays[1]) == [0, 1, 2, 3, 4]

    mailbox.arriving.append(letter(6, "H53.96"))
    sorter.fetch(0, 10)

    assert len(asked) == 2


@pytest.mark.parametrize("fails", ["receive", "acknowledge"])
def test_a_lost_line_empties_all_trays(fails):
    mailbox, sorter, first, second = sorted_out(
        letter(1, "H53.14"), letter(2, "H53.15")
    )
    in_hand = first.receive(0)
    mailbox.is_away = True

    with pytest.raises(BusUnavailable):
        sorter.fetch(0, 1) if fails == "receive" else first.acknowledge(in_hand)

    assert tags(first) == tags(second) == []
    assert mailbox.is_closed


def test_what_comes_back_is_for_who_has_sent_it():
    mail = message(sender=OrganizationCode("000.00.15.H53"), recipient=FIRST)
    mailbox, sorter, first, second = sorted_out(
        Returned("link.national", mail, "edoc.H53.14", "national", 1)
    )

    assert (tags(first), tags(second)) == ([], [1])
    second.acknowledge(second.receive(0))
    assert mailbox.acknowledged == [1]
    assert not sorter.trays[1].in_hand


class Directory:
    """Knows these codes, unless it is away."""

    def __init__(self, *known):
        self.known = set(known)
        self.is_away = True
        self.asked = []

    def recognises(self, codes):
        self.asked.append([*codes])
        if self.is_away:
            raise StorageUnavailable(problem="gone")
        return bool(self.known.intersection(codes))


def with_directories(mailbox):
    first, second = Directory(), Directory("H53.95")
    sorter = Sorter(mailbox, [(FIRST,), (SECOND,)])
    for tray, directory in zip(sorter.trays, (first, second), strict=True):
        tray.recognises = directory.recognises
    return sorter, first, second


def test_while_several_directories_are_away_nobody_is_guessed():
    mailbox = Mailbox(letter(1, "H53.95"), letter(2, "H53.14"), letter(3, "H53.95"))
    sorter, *_ = with_directories(mailbox)

    sorter.fetch(0, 10)
    sorter.fetch(0, 10)

    assert mailbox.aside == [1, 3, 2]
    assert tags(sorter.trays[0]) == [2]
    assert tags(sorter.trays[1]) == []
    assert not mailbox.is_closed


@pytest.mark.parametrize("back", [(1,), (0, 1), (0,)])
def test_when_they_can_be_asked_again_it_comes_again_to_whose_it_is(back):
    """With one alone it is as ever: of that one nobody can say that it is another's."""
    mailbox = Mailbox(letter(1, "H53.95"))
    sorter, *directories = with_directories(mailbox)
    sorter.fetch(0, 10)

    for number in back:
        directories[number].is_away = False
    mailbox.arriving.append(letter(11, "H53.95"))
    sorter.fetch(0, 10)

    assert mailbox.is_closed
    assert tags(sorter.trays[0]) == []
    assert tags(sorter.trays[1]) == [11]


def with_three_directories(mailbox):
    directories = Directory(), Directory("H53.95"), Directory()
    third = OrganizationCode("H53.16")
    sorter = Sorter(mailbox, [(FIRST,), (SECOND,), (third,)])
    for tray, directory in zip(sorter.trays, directories, strict=True):
        tray.recognises = directory.recognises
    return sorter, directories


def test_what_one_knows_who_is_back_does_not_wait_for_what_nobody_knows_yet():
    mailbox = Mailbox(letter(1, "H53.94"), letter(2, "H53.95"))
    sorter, directories = with_three_directories(mailbox)
    sorter.fetch(0, 10)

    directories[1].is_away = False
    mailbox.arriving += letter(11, "H53.94"), letter(12, "H53.95")
    sorter.fetch(0, 10)

    assert mailbox.is_closed
    assert mailbox.aside == [11]
    assert tags(sorter.trays[1]) == [12]


def test_who_is_not_back_does_not_have_it_come_again_and_again():
    mailbox = Mailbox(letter(1, "H53.94"))
    sorter, directories = with_three_directories(mailbox)
    directories[1].is_away = False

    for _ in range(3):
        sorter.fetch(0, 10)

    assert mailbox.aside == [1]
    assert not mailbox.is_closed


def test_nothing_overtakes_of_which_nobody_could_say_whose_it_is():
    mailbox = Mailbox(letter(1, "H53.94"), letter(2, "H53.95"))
    sorter, directories = with_three_directories(mailbox)
    directories[1].is_away = False
    directories[1].known.clear()
    sorter.fetch(0, 10)

    directories[1].known.add("H53.95")  # it has learnt of it
    mailbox.arriving += letter(3, "H53.95"), letter(4, "000.00.95.H53")
    sorter.fetch(0, 10)

    assert mailbox.aside == [1, 2, 3, 4]


def asking(mailbox, *directories, strangers=None):
    codes = [(OrganizationCode(f"H53.{14 + n}"),) for n in range(len(directories))]
    sorter = Sorter(mailbox, codes, strangers)
    for tray, directory in zip(sorter.trays, directories, strict=True):
        directory.is_away = False
        tray.recognises = directory.recognises
    return sorter


def test_of_a_packet_for_several_nobody_misses_his_own_whom_a_directory_alone_names():
    first, second = Directory(), Directory("H53.95")
    mailbox = Mailbox(letter(1, "H53.14", OrganizationCode("H53.95")))
    sorter = asking(mailbox, first, second)

    sorter.fetch(0, 10)

    assert [tags(it) for it in sorter.trays] == [[1], [1]]
    assert first.asked == [], "who is named in his settings has it anyhow"


def test_who_cannot_be_asked_keeps_no_mail_of_the_others_waiting():
    first, second = Directory(), Directory("H53.95")
    mailbox = Mailbox(letter(1, "H53.14", OrganizationCode("H53.95")))
    sorter = asking(mailbox, first, second)
    second.is_away = True

    sorter.fetch(0, 10)

    assert [tags(it) for it in sorter.trays] == [[1], []]
    assert mailbox.aside == []


def test_whose_it_was_when_it_came_gets_it_again_though_nobody_can_ask_him_now():
    first, second = Directory(), Directory("H53.95")
    both = "H53.14", OrganizationCode("H53.95"), OrganizationCode("G22.07")
    mailbox = Mailbox(letter(1, *both))
    sorter = asking(mailbox, first, second)
    sorter.fetch(0, 10)
    sorter.close()
    second.is_away = True

    mailbox.arriving.append(letter(1, *both))
    sorter.fetch(0, 10)

    assert [tags(it) for it in sorter.trays] == [[1], [1]]


def test_codes_of_strangers_are_asked_for_once_a_minute():
    now = [0.0]
    strangers = Strangers(now=lambda: now[0])
    first, second = Directory(), Directory()
    circular = [letter(n, "H53.14", OrganizationCode("G22.7")) for n in range(6)]
    mailbox = Mailbox(*circular[:3])
    sorter = asking(mailbox, first, second, strangers=strangers)
    sorter.fetch(0, 10)
    assert second.asked == [["G22.7"]]

    second.known.add("G22.7")
    mailbox.arriving += circular[3:5]
    sorter.fetch(0, 10)
    assert tags(sorter.trays[1]) == []

    now[0] = KEPT_SECONDS
    mailbox.arriving += circular[5:]
    sorter.fetch(0, 10)
    assert tags(sorter.trays[1]) == [5]


def test_for_whom_the_settings_name_no_directory_is_asked():
    first, second = Directory(), Directory()
    mailbox = Mailbox(letter(1, "H53.14"), letter(2, "000.00.15.H53", FIRST))
    sorter = asking(mailbox, first, second)

    sorter.fetch(0, 10)

    assert first.asked == second.asked == []
