"""Where a broker is."""

from edoc_connector.bus.address import RabbitAddress, Tls


def test_a_url_names_the_broker_and_the_account() -> None:
    address = RabbitAddress.of_url(
        "amqp://H20.14@broker.example:5673/edoc", password="secret"
    )

    assert address == RabbitAddress(
        host="broker.example",
        port=5673,
        vhost="edoc",
        account="H20.14",
        password="secret",
    )


def test_what_a_url_leaves_out_is_what_amqp_says() -> None:
    plain = RabbitAddress.of_url("amqp://a@broker", password="secret")
    tls = RabbitAddress.of_url("amqps://a@broker/", password="secret")

    assert (plain.port, plain.vhost, plain.tls) == (5672, "/", None)
    assert (tls.port, tls.vhost, tls.tls) == (5671, "/", Tls())


def test_signs_in_a_url_may_be_written_in_percent() -> None:
    address = RabbitAddress.of_url("amqp://so%40nv@broker/tr%E1%BB%A5c", password="s")

    assert (address.account, address.vhost) == ("so@nv", "trục")


def test_the_password_is_shown_to_nobody() -> None:
    address = RabbitAddress.of_url("amqp://a@broker/edoc", password="secret")

    assert "secret" not in f"{address} {address!r}"
    assert str(address) == "broker:5672/edoc"
