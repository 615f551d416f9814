from pathlib import Path

import pytest

from edoc_connector.cli.schemas import Profile, read_schema

SHIPPED = Path(__file__).parents[3] / "schemas"


@pytest.mark.parametrize("profile", Profile)
def test_the_program_finds_the_schemas_it_is_shipped_with(profile):
    assert read_schema(profile) == (SHIPPED / profile).read_bytes()
