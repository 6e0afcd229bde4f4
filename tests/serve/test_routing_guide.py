"""The examples of docs/guide/routing.md are valid configurations."""
import os
import re
import tempfile

from support import equal, run_berth, true

GUIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/guide/routing.md")


def test_examples():
    with open(GUIDE, encoding="utf-8") as f:
        examples = re.findall(r"^```json\n(.*?)^```$", f.read(), re.M | re.S)
    true(len(examples) >= 6, "want examples")
    for text in examples:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            f.write(text)
            f.flush()
            status, out, err = run_berth("check", f.name)
            equal(status, 0, f"exit status of berth check: {out}{err}\n{text}")
