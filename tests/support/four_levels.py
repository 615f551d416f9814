"""The four levels running on three linked brokers, for tests that disturb them.

Fixture: `levels` (module), a `FourLevels` whose links to and from Hà Nội are cables.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Self

import pytest

from edoc_connector.axis.names import (
    back_exchange,
    link_exchange,
    link_queue,
    return_queue,
)
from edoc_connector.axis.queues import queues
from edoc_connector.axis.ways import between, neighbours
from edoc_connector.bus.properties import RECIPIENT, RECIPIENTS
from edoc_connector.demo import dms
from edoc_connector.demo.axis_plot import HA_NOI, MORE, NATIONAL, PLACES
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.linked_stage import LinkedStage
from edoc_connector.demo.outcome import Line, judge, settled
from edoc_connector.demo.scene import (
    FIRST_DAY,
    Expected,
    Scene,
    SceneDocument,
    more,
    written_in_turn,
)
from edoc_connector.demo.stage import wait_until
from tests.support.broker import need_broker, operating, with_operator
from tests.support.cable import Cable

PATIENCE_SECONDS = 180.0
ROWS_OF_A_ROUND = 1000
PORT = re.compile(r"(?<=localhost:)\d+")
ENDS = {
    link_queue(HA_NOI),
    link_exchange(HA_NOI),
    return_queue(HA_NOI),
    back_exchange(HA_NOI),
}
"""Of the links to and from Hà Nội, also of those that carry back."""

NODES = {str(it.code): broker for it, broker in PLACES.items()}
"""At which broker each organisation signs in."""

Copies = Counter[tuple[str, str, tuple[str, ...]]]
"""How often a kind, message id and the recipients named by it passed somewhere."""


class Cables:
    """What lies between the brokers where Hà Nội is at one end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.all: list[Cable] = []

    def lay(self, plan: Mapping[str, Any]) -> dict[str, Any]:
        """Return the definitions of a broker with its links through cables."""
        operated = with_operator(plan)
        shovels = [self._through_cable(it) for it in operated["parameters"]]
        return operated | {"parameters": shovels}

    def _through_cable(self, shovel: Mapping[str, Any]) -> Mapping[str, Any]:
        value = shovel["value"]
        if ENDS.isdisjoint((value["src-queue"], value["dest-exchange"])):
            return shovel
        (port,) = PORT.findall(value["dest-uri"])
        cable = self._stack.enter_context(Cable(int(port)))
        self.all.append(cable)
        uri = PORT.sub(str(cable.port), value["dest-uri"])
        return {**shovel, "value": value | {"dest-uri": uri}}

    def pull(self) -> None:
        for cable in self.all:
            cable.pull()

    def put_in(self) -> None:
        for cable in self.all:
            cable.put_in()


class FourLevels:
    """The stage with its connectors running, and all that was ever written on it."""

    def __init__(self, stage: LinkedStage, cables: Cables) -> None:
        self.stage, self.cables = stage, cables
        self.written = Scene(tuple(PLACES), ())
        self._rounds = 0

    @property
    def brokers(self) -> Mapping[str, PrivateBroker]:
        assert self.stage.linked is not None
        return self.stage.linked.brokers

    def write(self, count: int) -> Scene:
        """Let clerks write this many documents, in all directions, and release them."""
        self._rounds += 1
        documents = written_in_turn(islice(more(MORE), count), FIRST_DAY)
        added = replace(self.written, documents=tuple(map(self._of_round, documents)))
        for site in self.stage.sites:
            dms.fill(site.dms, added, site.organization)
        every = (*self.written.documents, *added.documents)
        self.written = replace(self.written, documents=every)
        return added

    def expect(self, document: SceneDocument) -> None:
        """Take one into the books that a test has written itself."""
        every = (*self.written.documents, document)
        self.written = replace(self.written, documents=every)

    def _of_round(self, document: SceneDocument) -> SceneDocument:
        return replace(
            document,
            row_id=document.row_id + ROWS_OF_A_ROUND * self._rounds,
            number=f"{document.number}{self._rounds:02}",
        )

    def lines(self, scene: Scene) -> tuple[Line, ...]:
        """What each sender knows at this moment of each document and recipient."""
        return judge(self.stage.sites, scene, seconds=0, peak_megabytes=0).lines

    def wait_until_all_is_known(self) -> None:
        """Return when every sender's register shows that everything has arrived."""
        scene, sites = self.written, self.stage.sites
        total = len(scene.expected)
        done = wait_until(
            lambda: settled(sites, scene) == total, PATIENCE_SECONDS, lambda: None
        )
        assert done, f"{settled(sites, scene)} of {total}; {self.waiting()}"

    def check_books(self) -> None:
        """All that was written came once, as it was, and every sender knows."""
        result = judge(self.stage.sites, self.written, seconds=0, peak_megabytes=0)
        totals, story = result.totals, str(result.totals)
        assert totals.lost == totals.duplicated == totals.altered == 0, story
        assert totals.confirmed == len(self.written.expected), story
        assert result.is_as_expected, story

    def wait_until_nothing_waits(self) -> None:
        """Return when no queue of any broker holds a message."""
        empty = wait_until(lambda: not self.waiting(), PATIENCE_SECONDS, lambda: None)
        assert empty, self.waiting()

    def waiting(self) -> dict[tuple[str, str], int]:
        """How many messages are in which queue of which broker, where there are any."""
        return {
            (name, queue): count
            for name in self.brokers
            for queue, count in self._counts(name).items()
            if count
        }

    def _counts(self, name: str) -> dict[str, int]:
        named = [str(it["name"]) for it in queues(self.stage.axis, name)]
        with operating(self.brokers[name]) as channel:
            return {it: count_in(channel, it) for it in named}

    def crossing(self, scene: Scene, left: str, reached: str) -> set[tuple[str, str]]:
        """Which documents, by sender and recipient, go over this link."""
        return {
            (it.label, it.recipient)
            for it in scene.expected
            if (left, reached) in self.links_of(it)
        }

    def links_of(self, expected: Expected) -> set[tuple[str, str]]:
        """The links that a document uses; its statuses use them the other way."""
        ends = (NODES[expected.sender], NODES[expected.recipient])
        way = between(self.stage.axis, *ends)
        return set(pairwise(way))

    def links(self) -> list[tuple[str, str]]:
        """Every link, by the broker it leaves and the one it reaches."""
        axis = self.stage.axis
        return [
            (it.name, name) for name in self.brokers for it in neighbours(axis, name)
        ]


def count_in(channel: Any, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).method.message_count)


class Taps:
    """Queues that get a copy of all that comes over each link."""

    def __init__(self, levels: FourLevels) -> None:
        self._levels = levels

    def __enter__(self) -> Self:
        for left, reached in self._levels.links():
            with operating(self._levels.brokers[reached]) as channel:
                channel.queue_declare(f"tap.{left}", durable=True)
                channel.queue_bind(f"tap.{left}", link_exchange(left), "#")
        return self

    def __exit__(self, *_: object) -> None:
        for left, reached in self._levels.links():
            with operating(self._levels.brokers[reached]) as channel:
                channel.queue_delete(f"tap.{left}")

    def passed(self, left: str, reached: str) -> tuple[Copies, set[str]]:
        """What came over a link, and the organisations that had sent it."""
        copies: Copies = Counter()
        senders: set[str] = set()
        with operating(self._levels.brokers[reached]) as channel:
            while (found := channel.basic_get(f"tap.{left}", auto_ack=True))[0]:
                properties = found[1]
                named = recipients_of(properties.headers)
                copies[properties.type, properties.message_id, named] += 1
                senders.add(str(properties.headers["edoc-sender"]))
        return copies, senders


def recipients_of(headers: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom a message is for: one, or all of an upload for many."""
    return tuple(headers.get(RECIPIENTS) or [headers[RECIPIENT]])


def mail_in(channel: Any, queue: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the recipient of all that waits there, and leave it there."""
    while (found := channel.basic_get(queue))[0]:
        for recipient in recipients_of(found[1].headers):
            yield found[1].type, recipient


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FourLevels]:
    """Three brokers and four connectors, running, with nothing written yet."""
    need_broker()
    folder: Path = tmp_path_factory.mktemp("levels") / "stage"
    with ExitStack() as stack:
        cables = Cables(stack)
        empty = Scene(tuple(PLACES), ())
        stage = stack.enter_context(LinkedStage(folder, empty, change=cables.lay))
        stage.create(datetime.now(UTC))
        stage.start_broker()
        stage.start_connectors()
        yield FourLevels(stage, cables)


@pytest.fixture
def running(levels: FourLevels) -> FourLevels:
    """The same, with everybody running and every cable in."""
    levels.cables.put_in()
    assert levels.stage.linked is not None
    levels.stage.linked.start()
    for site in levels.stage.sites:
        if not site.is_running():
            site.start()
    return levels


def pause(seconds: float) -> None:
    """The random moment itself: nothing is waited for."""
    time.sleep(seconds)


__all__ = ["NATIONAL", "FourLevels", "Taps", "levels", "running"]
