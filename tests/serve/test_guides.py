"""The guides: their configurations are accepted, what they show `berth` print is what it prints, and their links lead
somewhere."""
import glob
import os
import re

from support import ROOT, cases, contains, equal, guest, run_berth, temporary_dir, true

PAGES = [os.path.relpath(p, ROOT) for p in
         sorted(glob.glob(os.path.join(ROOT, "docs/**/*.md"), recursive=True) + glob.glob(os.path.join(ROOT, "*.md")))]
GUIDES = [p for p in PAGES if p.startswith("docs/guide/")]


def read(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as f:
        return f.read()


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", read(page), re.S | re.M)


def anchor(heading):
    """As the pages are shown: small letters, hyphens, nothing else."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


@cases([(p, p) for p in PAGES])
def test_links(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$|`[^`\n]*`", "", read(page), flags=re.S | re.M)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, place = target.partition("#")
        file = os.path.normpath(os.path.join(ROOT, os.path.dirname(page), path)) if path else os.path.join(ROOT, page)
        true(os.path.exists(file), f"{page} links to {target}, which is not there")
        if place and file.endswith(".md"):
            text = read(os.path.relpath(file, ROOT))
            places = [anchor(h) for h in re.findall(r"^#+ (.*)$", text, re.M)] + re.findall(r'<a id="([^"]+)"', text)
            contains(places, place, f"headings of {target} in {page}")


def whole_configurations():
    return [(f"{page} {n}", text) for page in GUIDES for n, text in enumerate(blocks(page, "json")) if '"listeners"' in text]


@cases(whole_configurations())
def test_configurations(text):
    """With a component that is there, in place of the example's."""
    path = os.path.join(temporary_dir(), "config.json")
    with open(path, "w") as f:
        f.write(re.sub(r'"component": "[^"]*"', f'"component": "{guest("hello-c")}"', text))
    equal(run_berth("check", path)[::2], (0, ""), "exit status and stderr")


def test_check_says_what_the_guide_shows():
    shown = re.search(r"\$ berth check config.json\n(error: .*?)```", read("docs/guide/from-unit.md"), re.S)[1]
    path = os.path.join(temporary_dir(), "config.json")
    with open(path, "w") as f:
        f.write('{\n    "listeners": {\n        "*:8080": { "pass": "applications/hallo" }\n    }\n}\n')
    _, _, err = run_berth("check", path)
    equal(err.replace(path, "config.json"), shown, "stderr")
