"""Where the programs of RabbitMQ are."""

from pathlib import Path

import pytest

from edoc_connector.demo import rabbitmq
from edoc_connector.demo.rabbitmq import find_programs
from edoc_connector.errors import BrokerMissing


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def erlang(tmp_path: Path) -> Path:
    for name in ("erl", "epmd"):
        program(tmp_path / "erlang" / name)
    return tmp_path / "erlang"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    program(tmp_path / "rabbit/sbin/rabbitmq-server")
    return tmp_path / "rabbit"


def test_the_folder_that_is_named_is_used(home: Path, erlang: Path) -> None:
    programs = find_programs({"EDOC_RABBITMQ_HOME": str(home), "PATH": str(erlang)})

    assert programs.server == home / "sbin/rabbitmq-server"
    assert programs.epmd == erlang / "epmd"


def test_unpacked_packages_bring_their_own_erlang(tmp_path: Path, erlang: Path) -> None:
    lib = tmp_path / "usr/lib"
    for version in ("3.9.13", "3.10.8"):
        program(lib / f"rabbitmq/lib/rabbitmq_server-{version}/sbin/rabbitmq-server")
    for name in ("erl", "epmd"):
        program(lib / "erlang/bin" / name)

    programs = find_programs({"EDOC_RABBITMQ_HOME": str(tmp_path), "PATH": str(erlang)})

    assert programs.epmd == lib / "erlang/bin/epmd"
    assert programs.path == f"{lib}/erlang/bin:{erlang}"


def test_without_erlang_a_server_is_of_no_use(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokerMissing, match="EDOC_RABBITMQ_HOME"):
        find_programs({"EDOC_RABBITMQ_HOME": str(home), "PATH": str(tmp_path)})


def test_a_named_folder_without_a_server_is_not_replaced_by_another(
    tmp_path: Path, erlang: Path
) -> None:
    with pytest.raises(BrokerMissing, match=str(tmp_path)):
        find_programs({"EDOC_RABBITMQ_HOME": str(tmp_path), "PATH": str(erlang)})


def test_what_make_unpacked_is_found_where_nothing_is_installed(
    tmp_path: Path, erlang: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = program(tmp_path / rabbitmq.PACKAGED.replace("*", "4.0.5"))
    monkeypatch.setattr(rabbitmq, "INSTALLED", tmp_path / "nothing")
    monkeypatch.setattr(rabbitmq, "UNPACKED", tmp_path)

    assert find_programs({"PATH": str(erlang)}).server == server
