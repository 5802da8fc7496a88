#!/bin/sh
# Makes the model anew: draws the candidates, trains, exports, evaluates. Run from the package root after `npm ci`.
# PYTHON names an interpreter that has the packages of models/vlm/requirements.txt.
set -eu
python="${PYTHON:-python3}"
work="${1:-.cache/vlm}"
here="$(dirname "$0")"
# One core: these small batches run slower, not faster, on several.
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive

npm run build
mkdir -p "$work"
node dist/demo/draw-candidates.js "$work/train" --seed 15000000 --scenes 6000
node dist/demo/draw-candidates.js "$work/heldout" --seed 950000 --scenes 500
"$python" "$here/train.py" --candidates "$work/train" --vocabulary "$work/words.model" \
  --out "$work/checkpoint.pt" --bf16
"$python" "$here/export.py" --checkpoint "$work/checkpoint.pt" --vocabulary "$work/words.model" --out "$work"
node "$here/evaluate.mjs" --models "$work" --candidates "$work/heldout" \
  --out "$work/heldout.json" --answers "$work/answers.json"
node "$here/evaluate-demo.mjs" --models "$work" --out "$work/demo.json"
"$python" "$here/parity.py" --checkpoint "$work/checkpoint.pt" --vocabulary "$work/words.model" \
  --candidates "$work/heldout" --answers "$work/answers.json" --out "$work/parity.json"
"$python" "$here/export.py" --checkpoint "$work/checkpoint.pt" --vocabulary "$work/words.model" \
  --heldout "$work/heldout.json" --demo "$work/demo.json" --parity "$work/parity.json"
