#!/bin/sh
# Makes the model anew: draws the frames, trains, quantises, evaluates, exports. Run from the package root after `npm ci`.
# PYTHON names an interpreter that has the packages of models/mnad/requirements.txt.
set -eu
python="${PYTHON:-python3}"
work="${1:-.cache/mnad}"
here="$(dirname "$0")"
# One core: these small batches run slower, not faster, on several.
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive

npm run build
mkdir -p "$work"
node dist/demo/dump-frames.js "$work/frames"
"$python" "$here/train.py" --frames "$work/frames" --out "$work/checkpoint.pt"
"$python" "$here/quantise.py" --checkpoint "$work/checkpoint.pt" --frames "$work/frames" --out "$work/quantised.pt"
"$python" "$here/evaluate.py" --checkpoint "$work/quantised.pt" --clips src/demo/clips \
  --frames "$work/frames" --out "$work/figures.json"
"$python" "$here/export.py" --checkpoint "$work/quantised.pt" --figures "$work/figures.json" \
  --fixture test/fixtures/mnad-parity.json
