"""Between any two brokers of a tree there is one way."""

import pytest

from edoc_connector.axis.description import Axis, Broker, Level
from edoc_connector.axis.ways import between


def broker(name: str, parent: str = "") -> Broker:
    return Broker(
        name=name,
        level=Level.PROVINCE,
        address="amqp://127.0.0.1",
        serves=(),
        parent=parent,
    )


AXIS = Axis(
    broker=(
        broker("root"),
        broker("a", "root"),
        broker("b", "root"),
        broker("b1", "b"),
        broker("b2", "b"),
    )
)


@pytest.mark.parametrize(
    ("ends", "way"),
    [
        ("a a", "a"),
        ("a root", "a root"),
        ("root b1", "root b b1"),
        ("a b1", "a root b b1"),
        ("b2 b1", "b2 b b1"),
    ],
)
def test_it_goes_up_as_far_as_needed_and_down_again(ends, way):
    assert between(AXIS, *ends.split()) == tuple(way.split())
