"""What facts and statuses are called."""

import pytest

from edoc_connector.flows.inspecting.wording import FACTS, happening
from edoc_connector.language import Language, translate
from edoc_connector.model.status import StatusCode
from edoc_connector.model.tables import STATUSES


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_is_said_in_words(kind):
    assert happening(kind, Language.ENGLISH) == translate(FACTS[kind], "en")


@pytest.mark.parametrize("code", StatusCode)
def test_a_status_is_said_with_its_number(code):
    term = STATUSES[code]

    assert happening(f"status:{code}", Language.ENGLISH).endswith(
        f"{code}: {term.english}"
    )
    assert happening(f"status:{code}", Language.VIETNAMESE).endswith(
        f"{code}: {term.vietnamese}"
    )


def test_a_fact_of_a_later_release_is_said_as_it_is_written():
    assert happening("receipt:mislaid", Language.VIETNAMESE) == "receipt:mislaid"
