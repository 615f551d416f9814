"""Kill a connector, the broker or a database at a random moment, and count the books.

One site keeps its state in a PostgreSQL that is killed and started like the others.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from edoc_connector.demo import dms
from edoc_connector.demo.outcome import judge, settled
from edoc_connector.demo.scene import Scene, scene
from edoc_connector.demo.stage import Stage, wait_until
from tests.support.postgres import Server, shared_server
from tests.support.postgres import start as start_postgresql

KILLS = 20
LATEST_SECONDS = 3.0
"""A round's documents are exchanged in about that time when nobody is killed."""

PATIENCE_SECONDS = 60.0

pytestmark = [pytest.mark.broker, pytest.mark.database, pytest.mark.timeout(900)]


def round_of(number: int) -> Scene:
    """The demo's documents once more, under numbers of their own."""
    first = scene()
    documents = tuple(
        replace(
            document,
            row_id=document.row_id + 1000 * number,
            number=document.number and f"{document.number}{number:02}",
        )
        for document in first.documents
    )
    return replace(first, documents=documents)


def fill(stage: Stage, added: Scene) -> None:
    for site in stage.sites:
        dms.fill(site.dms, added, site.organization)


class Database:
    """The PostgreSQL of one site, which can be killed and started like a process."""

    account = "database"

    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = server.create_database()

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        self.server = self.server.start_again()

    def serve(self, site) -> None:
        """Let the site keep its state here."""
        password = site.folder / "database.password"
        password.write_text(self.server.password)
        password.chmod(0o600)
        text = site.settings.read_text(encoding="utf-8").replace(
            'folder = "state"',
            f'folder = "state"\ndatabase = "{self.server.url(self.name)}"\n'
            'database_password = "file:database.password"',
        )
        site.settings.write_text(text, encoding="utf-8")


@pytest.fixture
def database():
    """A server of its own: nobody else's tests are to die with it."""
    shared_server()  # or skip, where there is none
    made = Database(start_postgresql())
    yield made
    made.server.stop()


def victims_of(stage: Stage, database: Database, chance: random.Random):
    """Whom to kill, in any order; each of the six comes as often as the others."""
    everybody = [*stage.sites, stage.broker, database]
    while True:
        yield from chance.sample(everybody, len(everybody))


def kill_one(victim, chance: random.Random) -> str:
    """Kill one of the six processes and start it again."""
    time.sleep(chance.uniform(0.0, LATEST_SECONDS))  # the random moment itself
    victim.kill()
    victim.start()
    return getattr(victim, "account", "broker")


def test_a_kill_at_any_moment_changes_no_total(stage, database):
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)  # noqa: S311  (a printed seed, to play it again)
    so_far = stage.scene
    victims = []
    order = victims_of(stage, database, chance)
    database.serve(stage.sites[0])
    stage.start_connectors()

    for number in range(1, KILLS + 1):
        added = round_of(number)
        so_far = replace(so_far, documents=so_far.documents + added.documents)
        fill(stage, added)
        victims.append(kill_one(next(order), chance))

        done = wait_until(
            lambda: settled(stage.sites, so_far) == len(so_far.expected),  # noqa: B023
            PATIENCE_SECONDS,
            lambda: None,
        )

        result = judge(stage.sites, so_far, seconds=0, peak_megabytes=0)
        story = f"seed {seed}, killed {victims}, {result.totals}"
        assert done, story
        assert result.is_as_expected, story
        assert result.totals.confirmed == 14 * number, story
        assert result.totals.refused == 2 * number, story
        assert result.totals.lost == result.totals.duplicated == 0, story
    assert all(site.is_running() for site in stage.sites)
