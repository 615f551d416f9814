"""What is written of an axis is read as the same axis."""

from dataclasses import replace

from edoc_connector.axis.description import AxisLimits, Heading, Login
from edoc_connector.axis.reading import read_axis
from edoc_connector.axis.writing import described
from edoc_connector.demo.axis_plot import axis_scene
from edoc_connector.demo.linked_stage import LinkedStage
from edoc_connector.demo.scene import FIRST_DAY
from edoc_connector.secret import Keeper, SecretReference
from tests.unit.axis.test_reading import NATIONAL


def read_again(axis, folder):
    path = folder / "axis.toml"
    path.write_text(described(axis), encoding="utf-8")
    return read_axis(path)


def test_the_example_of_the_release(tmp_path):
    axis = read_axis(NATIONAL)

    assert read_again(axis, tmp_path) == axis


def test_the_axis_of_the_demo(tmp_path):
    planned = LinkedStage(tmp_path, axis_scene(first_day=FIRST_DAY)).axis
    brokers = [
        replace(it, address=f"amqps://localhost:{port}", certificate="/tls/a.pem")
        for port, it in enumerate(planned.broker, start=50_000)
    ]
    here = replace(planned, broker=tuple(brokers))

    assert read_again(here, tmp_path) == here


def test_what_is_not_as_by_default(tmp_path):
    axis = read_axis(NATIONAL)
    secret = SecretReference(Keeper.ENVIRONMENT, "NODE")
    broker = replace(axis.broker[0], key='/tls/"own".pem', link_password=secret)
    node = replace(axis.node[0], login=Login.PASSWORD, password=secret)
    changed = replace(
        axis,
        axis=Heading(name="Trục quốc gia", vhost="trục"),
        limits=AxisLimits(mailbox_bytes=1024),
        broker=(broker, *axis.broker[1:]),
        node=(node, *axis.node[1:]),
    )

    assert read_again(changed, tmp_path) == changed
