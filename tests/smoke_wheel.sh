#!/usr/bin/env bash
# Build the sdist, the wheel from it, and use that wheel as a stranger would: a clean environment outside the checkout.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
python=$checkout/.venv/bin/python
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() { echo "smoke test of the wheel: $*" >&2; exit 1; }

"$python" -m build --no-isolation --outdir "$place/dist" "$checkout" >"$place/build.log" 2>&1 || { cat "$place/build.log" >&2; fail "no wheel"; }
"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$checkout/constraints.txt" "$place"/dist/*.whl
cp "$checkout"/examples/stat2014-*.txt "$place"
cd "$place"
gouji=$place/venv/bin/gouji
unset PYTHONPATH

"$gouji" --version | grep -q '[0-9]\.[0-9]' || fail "gouji --version prints no version"
"$gouji" rules R01 >rule.txt || fail "gouji rules R01 failed"
grep -q carried_in rule.txt || fail "gouji rules R01 does not show the equation: $(cat rule.txt)"

status=0; "$gouji" check --format json stat2014-clean.txt >clean.json || status=$?
[ "$status" -eq 0 ] || fail "the clean example gives exit status $status"
status=0; "$gouji" check --format json stat2014-faulty.txt >faulty.json || status=$?
[ "$status" -eq 1 ] || fail "the faulty example gives exit status $status"
"$python" - <<'END' || fail "the faulty example: S04 is not found"
import json, sys
report = json.load(open("faulty.json", encoding="utf-8"))["reports"][0]
sys.exit(not any(f["rule"] == "S04" and f["severity"] == "error" and f["verdict"] == "fail" for f in report["findings"]))
END
echo "smoke test of the wheel: $(basename dist/*.whl) works outside the checkout"
