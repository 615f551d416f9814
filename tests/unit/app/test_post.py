"""The post of an account: what its threads share, and how patient each of them is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edoc_connector.app import connector as put_together
from edoc_connector.app.connector import open_connector
from edoc_connector.app.post import ANSWER_SECONDS, post_of
from edoc_connector.settings import load
from tests.unit.cli.test_key import site  # noqa: F401  (a fixture)


@pytest.fixture
def settings(site):  # noqa: F811  (the fixture)
    return load(site)


def test_the_answer_to_a_ping_keeps_the_mail_waiting_for_seconds_only(settings):
    post = post_of(settings)

    patience = post.answering.publisher._address.timeout_seconds

    assert patience == ANSWER_SECONDS < settings.axis.timeout_seconds


def test_who_has_less_patience_with_the_broker_has_no_more_with_an_answer(settings):
    hasty = replace(settings, axis=replace(settings.axis, timeout_seconds=1.0))

    assert post_of(hasty).answering.publisher._address.timeout_seconds == 1.0


def test_all_who_share_a_mailbox_share_the_limits_of_its_answers(settings, monkeypatch):
    post, used = post_of(settings), []
    monkeypatch.setattr(
        put_together, "accept", lambda *_, answering, **__: used.append(answering)
    )

    with open_connector(settings) as connector:
        for tray in (post.consumer, object()):
            shared = replace(post, consumer=tray, check=lambda: None)
            connector.steps(shared, lambda: 0.0)["accept"]()

    assert used == [post.answering, post.answering]
    assert used[0] is used[1]
