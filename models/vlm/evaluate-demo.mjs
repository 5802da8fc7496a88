/**
 * How well the exported pair names what happens in the demo clips, decoded by ffmpeg to 480 x 270 pixels:
 *
 *     node models/vlm/evaluate-demo.mjs [--models DIR] [--out FILE]
 *
 * Each anomaly is looked at five times while it can be seen, with the true box and with one that is off as a detector's
 * is; between the anomalies, places on the walkway.
 */
import { openModel, say } from './answering.mjs';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { anomalySample, ordinarySample, pictureTimes } from '../../dist/demo/candidate-sample.js';
import { candidateTruth } from '../../dist/demo/candidate-truth.js';
import { demoCameras } from '../../dist/demo/demo-cameras.js';
import { demoScene } from '../../dist/demo/demo-scenes.js';
import { seededRandom } from '../../dist/random.js';
import { montage, regionAround } from '../../dist/verification/montage.js';
import { parseVlmAnswer } from '../../dist/verification/verdict.js';

const SIZE = { width: 480, height: 270 };
const ASPECT = SIZE.width / SIZE.height;
const FPS = 10;
const LOOKS = 10;
const RING_PHASE_S = 0.3;

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    out: { type: 'string' },
  },
});

/** All frames of a clip, by time in seconds. */
function decoded(clip) {
  const file = fileURLToPath(new URL(`../../src/demo/clips/${clip}`, import.meta.url));
  const scale = `scale=${SIZE.width}:${SIZE.height}`;
  const args = ['-v', 'error', '-i', file, '-vf', scale, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'];
  const { stdout } = spawnSync('ffmpeg', args, { maxBuffer: 2 ** 30 });
  const bytes = SIZE.width * SIZE.height * 3;
  return (timeS) => {
    const frame = Math.min(Math.max(0, Math.round(timeS * FPS)), stdout.length / bytes - 1);
    return { ...SIZE, pixels: stdout.subarray(frame * bytes, (frame + 1) * bytes) };
  };
}

function pictureOf(frameAt, { timesS, region }) {
  return montage(timesS.map(frameAt), region).pixels;
}

/** The same moment with the true box. */
function exact(truth, sample) {
  return { ...sample, region: regionAround(truth.anomalyBoxAt(sample.timesS.at(-1)), ASPECT) };
}

const model = await openModel(values.models);
const told = async (frameAt, sample) =>
  parseVlmAnswer((await model.ask(pictureOf(frameAt, sample))).answer).label;
const figures = { anomalies: [], ordinary: { looks: 0, normal: 0 } };
for (const { id, clip, anomalies } of demoCameras) {
  const frameAt = decoded(clip);
  for (const [index, { kind, startS, endS }] of anomalies.entries()) {
    const scene = demoScene(id);
    const truth = candidateTruth({ ...scene, anomalies: [scene.anomalies[index]] }, SIZE);
    const random = seededRandom(startS);
    const seen = { exact: [], jittered: [] };
    for (let look = 0; look < LOOKS; look++) {
      const times = pictureTimes(startS + ((look + 0.5) * (endS - startS)) / LOOKS, RING_PHASE_S, random);
      const sample = anomalySample(truth, times, ASPECT, random);
      if (sample === undefined) continue;
      seen.exact.push(await told(frameAt, exact(truth, sample)));
      seen.jittered.push(await told(frameAt, sample));
    }
    const right = (labels) => labels.filter((label) => label === kind).length;
    const figure = {
      camera: id,
      kind,
      looks: seen.exact.length,
      exact: right(seen.exact),
      jittered: right(seen.jittered),
    };
    figures.anomalies.push(figure);
    say(
      `${id}\t${kind}\t${figure.exact}/${figure.looks}\t${figure.jittered}/${figure.looks}\t${seen.jittered.join(' ')}`,
    );
  }
  const ordinary = candidateTruth({ ...demoScene(id), anomalies: [] }, SIZE);
  const random = seededRandom(7);
  const labels = [];
  for (let timeS = 8; timeS < anomalies[0].startS; timeS += 0.7) {
    const sample = ordinarySample(ordinary, pictureTimes(timeS, RING_PHASE_S, random), ASPECT, random);
    labels.push(await told(frameAt, sample));
  }
  figures.ordinary.looks += labels.length;
  figures.ordinary.normal += labels.filter((label) => label === 'normal').length;
  say(`${id}\tordinary\t${labels.filter((label) => label !== 'normal').join(' ')}`);
}
await model.release();
const named = figures.anomalies.filter(({ jittered, looks }) => jittered * 2 > looks).length;
say(
  `${named} of ${figures.anomalies.length} named at most looks; ordinary: ${JSON.stringify(figures.ordinary)}`,
);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify({ ...figures, named }));
