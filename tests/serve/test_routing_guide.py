"""The examples of the guides to routing and proxying are valid configurations."""
import os
import re
import tempfile

from support import cases, equal, run_berth, true

GUIDES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/guide")


@cases([("routing", "routing", 6), ("proxy", "proxy", 2)])
def test_examples(name, count):
    with open(os.path.join(GUIDES, name + ".md"), encoding="utf-8") as f:
        examples = re.findall(r"^```json\n(.*?)^```$", f.read(), re.M | re.S)
    true(len(examples) >= count, "want examples")
    for text in examples:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            f.write(text)
            f.flush()
            status, out, err = run_berth("check", f.name)
            equal(status, 0, f"exit status of berth check: {out}{err}\n{text}")
