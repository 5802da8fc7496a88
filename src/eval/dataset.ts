/** A labelled data set: a folder of clips with `labels.json`. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.js';

/** Whether a frame is anomalous: 1 if it is. */
export type Label = 0 | 1;

export interface LabelledClip {
  id: string;
  /** Which camera it is from. */
  camera: string;
  /** What the anomalous frames show, in the data set's own words; null when it does not say. */
  kind: string | null;
  /** Absolute path, links resolved. */
  file: string;
  /** One for each frame of the file, in order. */
  labels: readonly Label[];
}

export interface Dataset {
  name: string;
  /** Frames a second of every clip. */
  fps: number;
  /** In the order of `labels.json`, which is the order in which each camera sees its own. */
  train: LabelledClip[];
  /** Never empty. */
  test: LabelledClip[];
}

const LABELS_FILE = 'labels.json';
/** The camera of the clips that name none. */
const UNNAMED_CAMERA = 'camera';
/** A wrong label may repeat on every frame of a clip. */
const MAX_PROBLEMS_SHOWN = 5;

const clipSchema = z
  .object({
    id: z.string().min(1),
    split: z.enum(['train', 'test'], { error: 'write "train" or "test"' }),
    camera: z.string().min(1).default(UNNAMED_CAMERA),
    kind: z.string().min(1).optional(),
    file: z.string().min(1),
    frames: z.int().positive(),
    labels: z.array(
      z.union([z.literal(0), z.literal(1)], { error: 'write 0 (normal) or 1 (anomalous) for each frame' }),
    ),
  })
  .refine(({ frames, labels }) => labels.length === frames, {
    path: ['labels'],
    error: ({ input }) => {
      const { labels, frames } = input as { labels: unknown[]; frames: number };
      return `${labels.length} labels for ${frames} frames; give one label a frame`;
    },
  });

const labelsSchema = z.object({
  dataset: z.string().min(1),
  fps: z.number().positive().max(1000),
  clips: z.array(clipSchema),
});

type Listed = z.infer<typeof clipSchema>;

/**
 * Reads and checks `labels.json` of a folder and looks for every clip it names. Throws `config.invalid`, naming the
 * file, the clip and what to do.
 */
export function loadDataset(folder: string): Dataset {
  const file = path.join(folder, LABELS_FILE);
  const content = readJson(file);
  const parsed = labelsSchema.safeParse(content);
  if (!parsed.success) throw invalid(file, describe(parsed.error, content));
  const { dataset, fps, clips } = parsed.data;
  refuseTwins(file, clips);
  const split = (wanted: Listed['split']): LabelledClip[] =>
    clips.filter((clip) => clip.split === wanted).map((clip) => located(clip, folder, file));
  const [train, test] = [split('train'), split('test')];
  if (test.length === 0) {
    throw invalid(file, 'there is nothing to evaluate; give at least one clip "split": "test"');
  }
  refuseUntested(file, train, test);
  return { name: dataset, fps, train, test };
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(
      file,
      'it cannot be read; --dataset names a folder with the clips and this file in it',
      error,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, `it is not JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function refuseTwins(file: string, clips: readonly Listed[]): void {
  const seen = new Set<string>();
  for (const { id } of clips) {
    if (seen.has(id)) throw invalid(file, `clip ${id} is listed twice; give each clip an id of its own`);
    seen.add(id);
  }
}

/** A camera that has only train clips is likely a name written wrong. */
function refuseUntested(file: string, train: readonly LabelledClip[], test: readonly LabelledClip[]): void {
  const tested = new Set(test.map(({ camera }) => camera));
  for (const { id, camera } of train) {
    if (tested.has(camera)) continue;
    throw invalid(file, `clip ${id}: camera ${camera} has no test clip; give it one or correct "camera"`);
  }
}

/** The clip with the real path of its file, which must be a regular file inside the folder, links resolved. */
function located(listed: Listed, folder: string, labelsFile: string): LabelledClip {
  const { id, camera, kind = null, file: name, labels } = listed;
  let file: string;
  try {
    file = realpathSync(path.resolve(folder, name));
  } catch (error) {
    throw invalid(labelsFile, `clip ${id}: there is no file ${name}; put it there or correct "file"`, error);
  }
  if (!file.startsWith(realpathSync(folder) + path.sep)) {
    throw invalid(labelsFile, `clip ${id}: ${name} lies outside the folder; move it there`);
  }
  if (!statSync(file).isFile()) {
    throw invalid(labelsFile, `clip ${id}: ${name} is not a regular file; correct "file"`);
  }
  return { id, camera, kind, file, labels };
}

/** Each problem with the clip it is in. */
function describe(error: z.ZodError, content: unknown): string {
  const problems = error.issues.map(({ path: where, message }) => {
    const [top, index, ...rest] = where;
    const inClip = top === 'clips' && typeof index === 'number';
    const place = inClip ? [`clip ${clipName(content, index)}`, ...rest] : where;
    return [...place.map(String), message].join(': ');
  });
  const more = problems.length - MAX_PROBLEMS_SHOWN;
  if (more <= 0) return problems.join('\n');
  return [...problems.slice(0, MAX_PROBLEMS_SHOWN), `and ${more} more`].join('\n');
}

/** The clip's id, or its place (from 1) when it has none. */
function clipName(content: unknown, index: number): string {
  const { clips } = content as { clips: { id?: unknown }[] };
  const id = clips[index]?.id;
  return typeof id === 'string' ? id : `number ${index + 1}`;
}

function invalid(file: string, problem: string, cause?: unknown): AppError {
  return new AppError('config.invalid', `${file}: ${problem}`, { file }, cause);
}
