#!/bin/sh
# Makes the model anew: draws the situations, trains, exports, evaluates. Run from the package root after `npm ci`.
# PYTHON names an interpreter that has the packages of models/agent/requirements.txt; BF16=1 trains in bfloat16.
set -eu
python="${PYTHON:-python3}"
work="${1:-.cache/agent}"
here="$(dirname "$0")"
export OMP_NUM_THREADS=1

npm run build
mkdir -p "$work"
node dist/decision/draw-decisions.js "$work/decisions.jsonl"
"$python" "$here/train.py" ${BF16:+--bf16} --lines "$work/decisions.jsonl" --out "$work"
export_model() {
  "$python" "$here/export.py" --lines "$work/decisions.jsonl" --run "$work" --figures "$work/figures.json"
}
# What is measured is the exported file, and what was measured goes into the manifest.
rm -f "$work/figures.json"
export_model
node "$here/evaluate.mjs" "$work/decisions.jsonl" "$work/figures.json"
export_model
