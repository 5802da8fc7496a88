/** What is told of verdicts, decisions, and the memory of the models that make them. */
import { BYTES_PER_MIB } from '../units.js';
import { single, type ReadMetric } from './read-metric.js';
import type { ResourceReading } from './reading.js';

/** As things are. */
export const modelGauges: readonly ReadMetric[] = [
  single(
    'nunchi_verification_waiting_candidates',
    'Candidates that wait for the VLM.',
    ({ verification }) => verification.waiting,
  ),
  ofModels('nunchi_model_loaded', '1 while the model is loaded, else 0.', ({ state }) =>
    Number(state === 'loaded'),
  ),
  ofModels(
    'nunchi_model_declared_bytes',
    'Memory that the model is declared to take.',
    (model) => model.declaredMb * BYTES_PER_MIB,
  ),
  ofModels(
    'nunchi_model_measured_bytes',
    'Memory by which the process, or the accelerator, grew when the model was loaded.',
    ({ measuredMb }) => measuredMb && measuredMb * BYTES_PER_MIB,
  ),
];

/** Counted by others, who may start over. */
export const modelTotals: readonly ReadMetric[] = [
  {
    name: 'nunchi_verifications_total',
    help: 'Looks at candidates, the later ones among them, by what the VLM made of them.',
    labelNames: ['verdict'],
    samples: ({ verification: { confirmed, rejected, failed } }) =>
      Object.entries({ confirmed, rejected, 'verification-failed': failed }).map(([verdict, value]) => ({
        labels: { verdict },
        value,
      })),
  },
  {
    name: 'nunchi_unverified_candidates_total',
    help: 'Looks at candidates, the later ones among them, that came to nothing, by the reason.',
    labelNames: ['reason'],
    samples: ({ verification }) =>
      Object.entries(verification.unverified).map(([reason, value]) => ({ labels: { reason }, value })),
  },
  single(
    'nunchi_late_verifications_total',
    'Candidates that people may have been told of before their first verdict: its deadline passed.',
    ({ verification }) => verification.late,
  ),
  single('nunchi_agent_decisions_total', 'Decisions on events.', ({ agent }) => agent.decided),
  single(
    'nunchi_agent_fallbacks_total',
    'Decisions that the written policy took because the model could not.',
    ({ agent }) => agent.fallbacks,
  ),
  single(
    'nunchi_agent_overruled_total',
    'Decisions of the model of which the policy overruled something.',
    ({ agent }) => agent.overruled,
  ),
  single(
    'nunchi_resource_refused_total',
    'Uses of a model that were refused for want of memory in the budget.',
    ({ resources }) => resources.refused,
  ),
  ofModels('nunchi_model_loads_total', 'Times the model was loaded.', ({ loads }) => loads),
  ofModels('nunchi_model_unloads_total', 'Times the model was unloaded.', ({ unloads }) => unloads),
  ofModels(
    'nunchi_model_failures_total',
    'Times the model could not be loaded or unloaded.',
    ({ failures }) => failures,
  ),
];

/** Null is no sample. */
function ofModels(
  name: string,
  help: string,
  read: (model: ResourceReading['models'][number]) => number | null,
): ReadMetric {
  return {
    name,
    help,
    labelNames: ['model'],
    samples: ({ resources }) =>
      resources.models.flatMap((model) => {
        const value = read(model);
        return value === null ? [] : [{ labels: { model: model.name }, value }];
      }),
  };
}
