"""The pages of the doctor say what it looks at."""

import subprocess
import sys
from pathlib import Path


def test_the_pages_of_the_doctor_are_its_checks():
    script = Path(__file__).parents[3] / "scripts/doctor-pages"

    done = subprocess.run([sys.executable, script, "--check"], check=False)

    assert done.returncode == 0, "run scripts/doctor-pages"
