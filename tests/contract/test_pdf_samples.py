"""The files of real packets, as far as they are PDFs; skipped where they are not."""

from pathlib import Path

import pytest

from edoc_connector.model.pdf_signatures import PdfState
from edoc_connector.pdf.inspector import ChildInspector
from tests.support.builders import SENT_AT
from tests.support.dialects import received

SAMPLES = Path(__file__).parents[2] / "../shared/samples"
NAMES = sorted(
    str(path.relative_to(SAMPLES))
    for folder in ("official", "delivered")
    for path in (SAMPLES / folder).glob("*.edxml")
)

pytestmark = pytest.mark.skipif(not NAMES, reason="no sample packets here")


@pytest.mark.parametrize("name", NAMES)
def test_none_of_their_files_is_a_pdf_whatever_it_is_called(name):
    found = received((SAMPLES / name).read_bytes())
    inspector = ChildInspector(())

    files = getattr(found.envelope.content, "attachments", ())
    states = {
        inspector.inspect(found.contents.chunks(it), SENT_AT).state for it in files
    }

    assert states <= {PdfState.NO_PDF}
