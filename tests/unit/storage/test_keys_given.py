import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from edoc_connector.storage.keys_given import is_one_of

THINGS = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("handle", sa.Text),
)
HANDLES = {1: "plain", 2: 'a "quoted", one', 3: "tiếng Việt"}


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        THINGS.create(connection)
        rows = [{"id": id_, "handle": handle} for id_, handle in HANDLES.items()]
        connection.execute(sa.insert(THINGS), rows)
        yield connection
    engine.dispose()


def found(connection, condition, keys):
    query = sa.select(THINGS.c.id).where(condition).order_by(THINGS.c.id)
    return connection.scalars(query, {"those": keys}).all()


@pytest.mark.parametrize("keys", [[], [2], [3, 1], [1, 2, 3], {1: "of a mapping"}])
def test_what_has_one_of_the_numbers_is_found(connection, keys):
    assert found(connection, is_one_of(THINGS.c.id, "those"), keys) == sorted(keys)


def test_what_has_none_of_the_numbers_is_found_by_the_contrary(connection):
    assert found(connection, ~is_one_of(THINGS.c.id, "those"), [2]) == [1, 3]


@pytest.mark.parametrize("id_", HANDLES)
def test_a_text_is_a_key_to_the_letter(connection, id_):
    is_it = is_one_of(THINGS.c.handle, "those")

    assert found(connection, is_it, [HANDLES[id_], "another"]) == [id_]


def test_a_statement_is_the_same_for_any_number_and_says_nothing_of_truth():
    query = sa.select(THINGS.c.id).where(is_one_of(THINGS.c.id, "those"))

    on_a_file = str(query.compile(dialect=sa.create_engine("sqlite://").dialect))
    on_a_server = str(query.compile(dialect=postgresql.dialect()))

    assert on_a_file.endswith("(things.id IN (SELECT value FROM json_each(?)))")
    assert on_a_server.endswith("(things.id = ANY (%(those)s::BIGINT[]))")
