import { z } from 'zod';
import { AppError } from '../errors.js';
import { severities, type Severity } from '../event.js';

/** What a VLM may call what it sees. `normal`: nothing out of the ordinary; `other`: none of these names. */
export const verdictLabels = [
  'normal',
  'running',
  'vehicle',
  'wrong_way',
  'fall',
  'loitering',
  'left_bag',
  'smoke',
  'fire',
  'fight',
  'intrusion',
  'crowd',
  'animal',
  'other',
] as const;
export type VerdictLabel = (typeof verdictLabels)[number];

const MAX_DESCRIPTION = 240;
const MAX_EVIDENCE = 80;

/** What a VLM says of a candidate. */
const vlmAnswerSchema = z.strictObject({
  label: z.enum(verdictLabels),
  severity: z.enum(severities),
  confidence: z.number().min(0).max(1),
  description: z.string().min(1).max(MAX_DESCRIPTION),
  evidence: z.array(z.string().min(1).max(MAX_EVIDENCE)).max(4),
});
export type VlmAnswer = z.infer<typeof vlmAnswerSchema>;

/** The same as a JSON schema, by which a grammar holds the model to its form while it writes. */
export const vlmAnswerJsonSchema = {
  type: 'object',
  properties: {
    label: { enum: [...verdictLabels] },
    severity: { enum: [...severities] },
    // A grammar knows no bounds of numbers.
    confidence: { enum: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
    description: { type: 'string', minLength: 1, maxLength: MAX_DESCRIPTION },
    evidence: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: MAX_EVIDENCE },
      maxItems: 4,
    },
  },
  required: ['label', 'severity', 'confidence', 'description', 'evidence'],
  additionalProperties: false,
} as const;

/** Why nobody looked at a candidate, or not in time. */
export type UnverifiedReason =
  /** No VLM is configured, or none that fits real cameras. */
  | 'no_model'
  /** The model cannot be loaded: a missing or damaged file, or no room in the budget. */
  | 'model_unavailable'
  /** More candidates waited than the queue holds, and this one mattered least. */
  | 'queue_full'
  /** Its camera had another candidate in the queue, which stands for both. */
  | 'merged'
  /** It waited for longer than `vlm.verify_deadline_s`; a verdict may still follow. */
  | 'deadline'
  /** No picture of it could be taken. */
  | 'no_picture'
  /** The process stopped, or started anew, before a verdict came. */
  | 'stopped';

/** Reads a VLM's answer. Throws `vlm.bad_output`, whose message says what is wrong with it. */
export function parseVlmAnswer(text: string): VlmAnswer {
  const parsed = vlmAnswerSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const message = `the VLM's answer is not a verdict: ${z.prettifyError(parsed.error)}`;
  throw new AppError('vlm.bad_output', message, { output: text.slice(0, 500) });
}

export function isConfirmed({ label }: VlmAnswer): boolean {
  return label !== 'normal';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How bad something of this kind is when nothing else is known: the table that models are trained by. */
export const usualSeverity: Record<VerdictLabel, Severity> = {
  normal: 'low',
  running: 'medium',
  vehicle: 'high',
  wrong_way: 'medium',
  fall: 'high',
  loitering: 'low',
  left_bag: 'high',
  smoke: 'critical',
  fire: 'critical',
  fight: 'critical',
  intrusion: 'high',
  crowd: 'medium',
  animal: 'low',
  other: 'medium',
};
