"""Where the script tests are, and the wasm-tools that parses them."""
import glob
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDERS = ["values", "linking", "resources", "binary", "validation"]
SKIP = 77


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def find_wasm_tools():
    """$WASM_TOOLS, the one that tools/build-guests has installed, or the one in PATH; None without."""
    installed = os.path.join(ROOT, "build/tools/venv/bin/wasm-tools")
    return os.environ.get("WASM_TOOLS") or (os.path.exists(installed) and installed) or shutil.which("wasm-tools")


def find_scripts(which):
    """`own`: those beside this file. `component-model`: the specification's, in $BERTH_SPEC_DIR or in
    ../shared/spec/component-model beside the tree; none when they are not at hand."""
    if which == "own":
        return sorted(glob.glob(os.path.join(HERE, "*.wast")))
    spec = os.environ.get("BERTH_SPEC_DIR") or os.path.join(os.path.dirname(ROOT), "shared/spec/component-model")
    return [path for folder in FOLDERS for path in sorted(glob.glob(os.path.join(spec, folder, "*.wast")))]
