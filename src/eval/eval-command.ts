/** `nunchi eval`: a labelled data set in, figures out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CameraSettings } from '../camera/camera-config.js';
import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import { systemClock } from '../clock.js';
import { graphsOf } from '../vad-model.js';
import { VadGraphs } from '../workers/vad/vad-graphs.js';
import { compareReports, readBaseline } from './baseline.js';
import { loadDataset, type Dataset } from './dataset.js';
import { evaluate, type Evaluation } from './evaluation.js';
import { htmlReport } from './html-report.js';
import { Progress } from './progress.js';
import { reportOf } from './report.js';
import { textComparison, textReport } from './text-report.js';

export interface EvalSettings {
  /** Folder with the clips and `labels.json`. */
  datasetDir: string;
  /** Only the report's JSON on stdout; anything else goes to stderr. */
  json: boolean;
  /** Where to write the page; null for none. */
  htmlFile: string | null;
  /** A report to hold the figures against; null for none. */
  baselineFile: string | null;
  modelsDir: string;
  device: Config['resources']['device'];
  vad: CameraSettings['vad'];
}

/**
 * Evaluates and prints; resolves with the process's exit code: 1 when a figure fell against the baseline. Throws
 * `config.invalid`, `model.*`, `camera.open_failed`, `camera.frame_rejected`.
 */
export async function runEval(settings: EvalSettings): Promise<0 | 1> {
  const { json, htmlFile, baselineFile } = settings;
  const dataset = loadDataset(settings.datasetDir);
  const baseline = baselineFile === null ? null : readBaseline(baselineFile, dataset.name);
  const evaluation = await evaluateWithModel(dataset, settings);
  const report = reportOf(evaluation);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : textReport(evaluation, report));
  if (htmlFile !== null) writePage(htmlFile, htmlReport(evaluation, report));
  if (baseline === null) return 0;
  const changes = compareReports(baseline, report);
  (json ? process.stderr : process.stdout).write(`\n${textComparison(changes)}`);
  return changes.some(({ regressed }) => regressed) ? 1 : 0;
}

async function evaluateWithModel(dataset: Dataset, settings: EvalSettings): Promise<Evaluation> {
  const { modelsDir, device, vad } = settings;
  const progress = new Progress(process.stderr, dataset.train.length + dataset.test.length);
  // A fallback to the CPU changes what a frame costs and nothing else.
  const graphs = new VadGraphs({ modelsDir, device, onFallback: () => undefined }, systemClock);
  await graphs.use(graphsOf[vad.model]);
  try {
    return await evaluate(dataset, graphs, vad, (id) => {
      progress.next(id);
    });
  } finally {
    progress.end();
    await graphs.use([]);
  }
}

function writePage(file: string, page: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, page);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('config.invalid', `--html ${file} cannot be written: ${reason}`, { file }, error);
  }
}
