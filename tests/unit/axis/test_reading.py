"""What is wrong with a description is said with where it stands and what to do."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.reading import read_axis
from edoc_connector.axis.ways import roots_behind
from edoc_connector.directory.level_one import body_of
from edoc_connector.errors import SettingsInvalid, SettingsRefused
from edoc_connector.model.organization_code import OrganizationCode

NATIONAL = Path(str(files("edoc_connector.examples"))) / "axis" / "national.toml"

RIGHT = """
[[broker]]
name = "national"
level = "central"
address = "amqps://national.example"
serves = ["G22", "G01"]

[[broker]]
name = "tay-ninh"
level = "province"
parent = "national"
address = "amqps://tay-ninh.example"
serves = ["H53"]

[[broker]]
name = "ha-noi"
level = "province"
parent = "national"
address = "amqps://ha-noi.example"
serves = ["H26"]

[[node]]
account = "H53.14"
broker = "tay-ninh"
codes = ["H53.14"]
aliases = ["000.00.14.H53"]

[[node]]
account = "G22"
broker = "national"
codes = ["G22"]
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "axis.toml"
    path.write_text(text, "utf-8")
    try:
        read_axis(path)
    except SettingsRefused as error:
        return [_said(it, path) for it in error.problems]
    except SettingsInvalid as error:
        return [_said(error, path)]
    return []


def _said(error: SettingsInvalid, path: Path) -> str:
    return str(error).removeprefix(f"{path}: ").removeprefix("at ")


def changed(before: str, after: str, text: str = RIGHT) -> str:
    assert before in text
    return text.replace(before, after, 1)


def test_what_is_right_has_no_problem(tmp_path):
    assert problems(tmp_path, RIGHT) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            changed('parent = "national"', 'parent = "nationl"'),
            'broker "tay-ninh".parent: there is no broker nationl; did you mean'
            " national?",
            id="an unknown parent that is nearly known",
        ),
        pytest.param(
            changed('parent = "national"', 'parent = "x"'),
            'broker "tay-ninh".parent: there is no broker x; the brokers are: national,'
            " tay-ninh, ha-noi",
            id="an unknown parent",
        ),
        pytest.param(
            changed('parent = "national"\n', ""),
            'broker "tay-ninh".parent: national has no parent either, and a tree has'
            " one root: name the parent of tay-ninh",
            id="two roots",
        ),
        pytest.param(
            changed('name = "ha-noi"', 'name = "tay-ninh"'),
            'broker #3 "tay-ninh".name: another broker is called tay-ninh already',
            id="two of one name",
        ),
        pytest.param(
            changed("amqps://ha-noi.example", "amqps://tay-ninh.example"),
            'broker "ha-noi".address: tay-ninh has this address already',
            id="two at one address",
        ),
        pytest.param(
            changed('["H26"]', '["H26", "H53"]'),
            'broker "ha-noi".serves: H53 is served by tay-ninh already: leave it out at'
            " one of them",
            id="a root twice",
        ),
        pytest.param(
            changed('["H26"]', '["H26", "H53.7"]'),
            'broker "ha-noi".serves: H53.7 lies below H53, which tay-ninh serves, and'
            " what lies below a root is served by one broker: list at tay-ninh what"
            " remains there in place of H53",
            id="a root below another",
        ),
        pytest.param(
            changed("amqps://tay-ninh.example", "amqp://127.0.0.1"),
            'broker "national".link_password: its neighbour tay-ninh is reached by amqp://,'
            " where nobody signs in by certificate: give link_password here, or"
            " tay-ninh an address of amqps://",
            id="a link without any login",
        ),
        pytest.param(
            changed("amqps://tay-ninh.example", "amqp://tay-ninh.example"),
            'broker "tay-ninh".address must be amqps:// (amqp:// sends the password and'
            " every document in the clear, so it may lead to a broker on this computer"
            " only)",
            id="an open address",
        ),
        pytest.param(
            changed("amqps://tay-ninh.example", "amqps://me@tay-ninh.example"),
            'broker "tay-ninh".address is "amqps://me@tay-ninh.example", but must be'
            " host and port only: amqps://broker.example:5671",
            id="an account in an address",
        ),
        pytest.param(
            changed('broker = "tay-ninh"', 'broker = "tayninh"'),
            'node "H53.14".broker: there is no broker tayninh; did you mean tay-ninh?',
            id="a node at no broker",
        ),
        pytest.param(
            changed('account = "G22"', 'account = "H53.14"'),
            'node #2 "H53.14".account: another node has the account H53.14 already',
            id="an account twice",
        ),
        pytest.param(
            changed('codes = ["G22"]', 'codes = ["G22", "H53.2"]'),
            'node "G22".codes: H53.2 lies under H53, which tay-ninh serves and national'
            " does not: move the node there, or the root here",
            id="a code of another broker",
        ),
        pytest.param(
            changed('codes = ["G22"]', 'codes = ["G22", "B01"]'),
            'node "G22".codes: B01 lies under no root that national serves (G22, G01):'
            " add its root there",
            id="a code of no broker",
        ),
        pytest.param(
            RIGHT
            + '[[node]]\naccount = "other"\nbroker = "tay-ninh"\ncodes = ["H53.2"]\n'
            'aliases = ["000.00.14.H53"]\n',
            'node "other".aliases: 000.00.14.H53 leads to the node H53.14 already:'
            " leave it out at one of them",
            id="an alias of another's code",
        ),
        pytest.param(
            changed('account = "G22"', 'account = "link.x"'),
            'node "link.x".account is "link.x", but must be another name: link. is for'
            " links of brokers",
            id="a node called like a link",
        ),
        pytest.param(
            changed('codes = ["G22"]', 'codes = ["G22"]\nlogin = "password"'),
            'node "G22".password: who signs in by password has one: give password or'
            " password_hash, and not both",
            id="no password",
        ),
        pytest.param(
            changed('codes = ["G22"]', 'codes = ["G22"]\npassword = "env:X"'),
            'node "G22".password: who signs in by certificate has no password: leave it'
            " out, or set login",
            id="a password too many",
        ),
        pytest.param(
            changed('codes = ["G22"]', 'codes = ["G22"]\nalias = ["G1"]'),
            'unknown setting node "G22".alias; did you mean node "G22".aliases?',
            id="an unknown name",
        ),
        pytest.param(
            changed('name = "tay-ninh"', 'name = "Tây Ninh"'),
            'broker "Tây Ninh".name is "Tây Ninh", but must be small letters, digits'
            " and -, such as tay-ninh",
            id="a name that is no folder",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_its_remedy(tmp_path, text, problem):
    assert problems(tmp_path, text) == [problem]


def test_parents_in_a_ring_are_named(tmp_path):
    ring = changed('parent = "national"', 'parent = "ha-noi"')
    ring = changed('parent = "national"', 'parent = "tay-ninh"', ring)

    lead = "parent: the parents lead in a ring and never to the root:"
    assert problems(tmp_path, ring) == [
        f'broker "tay-ninh".{lead} tay-ninh -> ha-noi -> tay-ninh',
        f'broker "ha-noi".{lead} ha-noi -> tay-ninh -> ha-noi',
    ]


def test_without_a_root_there_is_no_tree(tmp_path):
    text = changed('level = "central"', 'level = "central"\nparent = "ha-noi"')

    assert problems(tmp_path, text)[0] == (
        "broker: no broker is the root of the tree: leave out the parent of one"
    )


def test_all_mistakes_are_said_at_once(tmp_path):
    text = changed('["H26"]', '["H53.7"]', changed('["G22"]', '["B01"]'))

    assert len(problems(tmp_path, text)) == 2


WRONG = """
[[broker]]
name = "national"
level = "centre"
address = "amqps://national.example"
serves = ["G22", "not a code", "G01"]

[[broker]]
name = "tay-ninh"
level = "province"
parent = "nationl"
address = "amqps://national.example"
serves = ["H53"]

[[broker]]
level = "province"
parent = "national"
address = "http://ha-noi.example"
serves = ["H26", "H53"]

[[node]]
account = "H53.14"
broker = "tay-ninh"
code = ["H53.14"]
login = "password"

[[node]]
account = "H53.15"
broker = "tay-ninh"
codes = ["H53.15", 5]
aliases = ["H53.16"]

[[node]]
account = "H53.15"
broker = "tay-ninh"
codes = ["H53.16", "H20.1"]
login = "password"
"""


def test_mistakes_of_a_value_and_of_the_whole_are_said_in_one_round(tmp_path):
    found = problems(tmp_path, WRONG)

    expected = [
        'broker "national".level is "centre"',
        'broker "national".serves[1] is "not a code"',
        "the setting broker #3.name is missing",
        "broker #3.address must be host and port only: amqps://broker.example:5671",
        'unknown setting node "H53.14".code',
        'the setting node "H53.14".codes is missing',
        'node #2 "H53.15".codes[1] is 5',
        'broker "tay-ninh".address: national has this address already',
        "broker #3.serves: H53 is served by tay-ninh already",
        'node #3 "H53.15".account: another node has the account H53.15 already',
        'node #3 "H53.15".password: who signs in by password has one',
    ]
    cut = [it[: len(start)] for it, start in zip(found, expected, strict=True)]
    assert cut == expected


def test_nothing_is_said_of_the_whole_that_what_is_misspelt_would_mend(tmp_path):
    text = changed('parent = "national"', 'parnet = "national"')
    text = changed('serves = ["H26"]', 'server = ["H26"]', text)
    text = changed('codes = ["G22"]', 'codes = ["G22", "H26.1"]', text)

    found = problems(tmp_path, text)

    assert [it.partition(";")[0] for it in found] == [
        'unknown setting broker "tay-ninh".parnet',
        'unknown setting broker "ha-noi".server',
        'the setting broker "ha-noi".serves is missing',
    ]


def test_a_description_without_any_broker_is_told_once(tmp_path):
    found = problems(tmp_path, RIGHT.replace("[[broker]]", "[[brokers]]"))

    assert [it.partition(";")[0] for it in found] == [
        "unknown setting brokers",
        "the setting broker is missing",
    ]


@pytest.mark.parametrize("node", ['node = "H20"', "node = [1]", "[node]\ncodes = 1"])
def test_what_is_no_table_of_nodes_is_told(tmp_path, node):
    text = node + "\n" + RIGHT.partition("[[node]]")[0]

    (found,) = problems(tmp_path, text)

    assert "node" in found


def test_the_example_of_the_release_can_be_planned():
    axis = read_axis(NATIONAL)

    for broker in axis.brokers:
        assert definitions(axis, broker)["queues"]
    assert roots_behind(axis, "ha-noi", "national") == (
        *("A01", "B01", "G01", "G09", "G12", "G17", "H39", "H53"),
    )


def test_the_codes_of_the_example_are_real():
    axis = read_axis(NATIONAL)

    for root in (root for broker in axis.broker for root in broker.serves):
        assert body_of(OrganizationCode(root)) is not None, root


def written(table) -> str:
    """Return a description as TOML; a JSON text is a TOML text but for tables."""
    entries = [(name, it) for name, found in table.items() for it in found]
    return "\n".join(
        "\n".join([f"[[{name}]]", *(f"{key} = {_text(it[key])}" for key in it)])
        for name, it in entries
    )


def _text(value) -> str:
    return "{}" if value == {} else json.dumps(value)


def spoiled():
    """Yield a right description with one value that cannot be read, and where."""
    for name in ("broker", "node"):
        for number, entry in enumerate(tomllib.loads(RIGHT)[name]):
            for key in entry:
                for value in (5, True, {}, [], [5], "", None):
                    table = tomllib.loads(RIGHT)
                    table[name][number][key] = value
                    if value is None:
                        del table[name][number][key]
                    yield table, name, key


def test_one_value_that_cannot_be_read_is_one_problem_and_no_others(tmp_path):
    for table, name, key in spoiled():
        if [] in [it.get("serves") for it in table["broker"]]:
            continue  # a broker may serve nobody
        found = problems(tmp_path, written(table))

        in_its_place = [it for it in found if f"{name} " in it and f".{key}" in it]
        assert found == in_its_place, found
