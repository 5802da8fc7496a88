/** How the product assesses candidates: its language models, the memory they share, and who asks them. */
import { Agent } from '../actors/assessment/agent.js';
import { AgentPool } from '../actors/assessment/agent-pool.js';
import { Assessor } from '../actors/assessment/assessor.js';
import type { Gpu } from '../actors/gpu.js';
import type { Candidate } from '../actors/events/recorder.js';
import { decidedStep } from '../actors/traces/trace-steps.js';
import type { Child } from '../actors/kernel/supervisor.js';
import type { Traces } from '../actors/traces/traces.js';
import type { Vlm, VlmAnswered } from '../actors/assessment/verification.js';
import { Verifier, type Question } from '../actors/assessment/verifier.js';
import { wait, type Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { HISTORY_DAYS, historyOf } from '../decision/agent-task.js';
import type { Assessment } from '../decision/assessment.js';
import { AppError } from '../errors.js';
import type { AgentModel } from '../model-file.js';
import { resolveAgent, resolveVlm, type NoModel, type VlmChoice } from '../models/installed-models.js';
import type { Clip, ClipWish } from '../protocol/camera.js';
import type { VlmSource } from '../protocol/vlm.js';
import type { Episode } from '../scoring/episode.js';
import type { EventQuery } from '../store-api.js';
import type { AnomalyEvent, Place } from '../event.js';
import { productModels, type ProductModel } from '../resources/product-models.js';
import { ResourcePool } from '../resources/resource-pool.js';
import { MS_PER_S, S_PER_DAY } from '../units.js';
import { promptText } from '../verification/prompt.js';
import { parseVlmAnswer, vlmAnswerJsonSchema } from '../verification/verdict.js';

/** Tokens of a verdict: room for the longest description and four pieces of evidence. */
const MAX_ANSWER_TOKENS = 400;
const HISTORY_EVENTS = 200;

export interface AssessmentOptions {
  config: Pick<Config, 'data_dir' | 'models_dir' | 'vlm' | 'agent' | 'resources'>;
  /** As they are now. */
  agentRules: () => Config['agent']['rules'];
  /** The cameras are those of the demo, which the shipped VLM knows. */
  demo: boolean;
  clock: Clock;
  random: () => number;
  gpu: Pick<Gpu, 'loadVlm' | 'unloadVlm' | 'ask'>;
  /** Has the VAD's graphs loaded; throws when that fails. */
  loadVad: () => Promise<void>;
  traces: Pick<Traces, 'step' | 'opened'>;
  nameOf: (camera: string) => string;
  /** How much of the pictures that a VLM wants it is to be shown now. */
  wishNow: (wish: ClipWish) => ClipWish;
  takeClip: (camera: string, ptsUs: number, wish: ClipWish, box: Place['box'] | null) => Promise<Clip>;
  events: (query: EventQuery) => Promise<readonly AnomalyEvent[]>;
  onAssessed: (candidate: Candidate, assessment: Assessment) => void;
  /** A model is missing, damaged, or does not fit; everything goes on without it. */
  onFailure: (model: ProductModel, error: AppError) => void;
}

export type ProductAssessment = ReturnType<typeof productAssessment>;

/** Builds the parts and connects them; nothing is loaded before it is needed. */
export function productAssessment(options: AssessmentOptions) {
  const { config, demo, clock, gpu, traces, onFailure } = options;
  const vlm = chosen(
    () => resolveVlm(config, { demo }),
    (error) => {
      onFailure('vlm', error);
    },
  );
  const agentModel = chosen(
    () => resolveAgent(config),
    (error) => {
      onFailure('agent', error);
    },
  );
  const agentPool = agentModel.model && newAgentPool(agentModel.model, options);
  const resources = new ResourcePool<ProductModel>({
    budgetMb: config.resources.vram_mb,
    models: productModels({ ...config.resources, vlm_mb: declaredVlmMb(vlm.model, config) }),
    idleUnloadMs: config.resources.idle_unload_s * MS_PER_S,
    clock,
    onFailure,
    loaders: {
      vad: {
        load: () => options.loadVad().then(() => ({ measuredMb: null })),
        unload: () => Promise.resolve(),
      },
      vlm: {
        load: () => gpu.loadVlm(sourceOf(vlm.model)),
        unload: () => gpu.unloadVlm(),
      },
      agent: {
        load: async () => ({ measuredMb: (await agentPool?.load()) ?? null }),
        unload: async () => agentPool?.unload(),
      },
    },
  });
  const agent = new Agent({
    clock,
    pool: agentPool,
    withModel: (run) => resources.use('agent', run),
    timeoutMs: config.agent.timeout_s * MS_PER_S,
    queue: config.agent.queue,
  });
  const verifier = new Verifier({
    clock,
    capacity: config.vlm.queue,
    deadlineMs: config.vlm.verify_deadline_s * MS_PER_S,
    vlmFor: () => (vlm.model === null ? vlm.reason : asVlm(vlm.model)),
    ask: (question) => ask(question, options, resources),
    onVerdict: (eventId, verification) => {
      void assessor.found(eventId, verification, verification.model);
    },
    onStep: (eventId, step) => {
      traces.step(eventId, step);
    },
  });
  const assessor: Assessor = new Assessor({
    clock,
    deadlineMs: config.vlm.verify_deadline_s * MS_PER_S,
    rules: options.agentRules,
    nameOf: options.nameOf,
    verify: ({ eventId, camera, threshold }, { ptsUs, anomalyScore, place }, isAgain) => {
      const wish = vlm.model?.wish ?? { layout: 'montage' };
      verifier.submit({ eventId, camera, score: anomalyScore, threshold, isAgain }, () =>
        options.takeClip(camera, ptsUs, options.wishNow(wish), place?.box ?? null),
      );
    },
    decide: (task) => agent.decide(task),
    async history(camera, label, startTime) {
      const after = startTime - HISTORY_DAYS * S_PER_DAY;
      const query = { camera: [camera], label: [label], after, before: startTime, limit: HISTORY_EVENTS };
      return historyOf(await options.events(query), startTime);
    },
    onDecided: (eventId, decision) => {
      traces.step(eventId, decidedStep(decision));
    },
    onAssessed: options.onAssessed,
  });

  return {
    /** Loads the VAD's graphs; what goes wrong is told by `onFailure`. */
    loadVad: () => resources.use('vad', () => Promise.resolve()).catch(() => undefined),
    /** The GPU worker was started anew, with the VAD's graphs and without a VLM. */
    gpuRestarted() {
      resources.lost('vlm');
    },
    consider(candidate: Candidate) {
      traces.opened(candidate);
      assessor.consider(candidate);
    },
    held(eventId: string, episode: Episode) {
      assessor.held(eventId, episode);
    },
    ended(eventId: string) {
      assessor.ended(eventId);
    },
    /** For the supervisor. When it has stopped, every candidate has its final assessment. */
    async start(): Promise<Child> {
      const child = await agent.start();
      const stop = async (deadlineMs: number): Promise<void> => {
        assessor.stop();
        verifier.stop();
        const stopped = child.stop(deadlineMs).then(() => assessor.settled());
        const tooLate = wait(clock, deadlineMs).then(() => {
          throw new AppError('thread.deadline', `the agent did not stop within ${deadlineMs} ms`);
        });
        await Promise.race([stopped, tooLate]);
      };
      return { exited: child.exited, stop };
    },
    stats: () => ({
      verification: { model: vlm.model?.source.name ?? null, absent: vlm.why, ...verifier.counters },
      agent: { model: agentModel.model?.name ?? null, absent: agentModel.why, ...agent.counters },
      resources: resources.report(),
    }),
  };
}

interface Chosen<Model> {
  model: Model | null;
  /** Why there is none, for people; null when there is one. */
  why: string | null;
  /** Why nothing is verified without it. */
  reason: 'no_model' | 'model_unavailable';
}

/** A model that is named but not there keeps nothing from starting. */
function chosen<Model extends object>(
  resolve: () => Model | NoModel,
  onFailure: (error: AppError) => void,
): Chosen<Model> {
  try {
    const found = resolve();
    if ('absent' in found) return { model: null, why: found.why, reason: 'no_model' };
    return { model: found, why: null, reason: 'no_model' };
  } catch (thrown) {
    const error = AppError.from(thrown);
    onFailure(error);
    return { model: null, why: error.message, reason: 'model_unavailable' };
  }
}

function asVlm({ source, prompt }: VlmChoice): Vlm {
  return { name: source.name, sha256: source.type === 'files' ? source.text.sha256 : '', prompt };
}

function sourceOf(vlm: VlmChoice | null): VlmSource {
  if (vlm === null) throw new AppError('bug', 'the VLM is asked though there is none');
  return vlm.source;
}

/** An endpoint takes no memory here; for the rest the setting holds, whatever a manifest estimates. */
function declaredVlmMb(vlm: VlmChoice | null, { resources }: Pick<Config, 'resources'>): number {
  return vlm?.source.type === 'endpoint' ? 0 : resources.vlm_mb;
}

function newAgentPool(model: AgentModel, { config, clock, random }: AssessmentOptions): AgentPool {
  const { threads, queue } = config.agent;
  return new AgentPool({ model, threads, queue, clock, random });
}

/** Puts the question while the VLM is loaded, and reads the answer. */
async function ask(
  { eventId, camera, clip, vlm }: Question,
  { config, gpu, nameOf }: AssessmentOptions,
  resources: ResourcePool<ProductModel>,
): Promise<VlmAnswered> {
  const request = {
    id: eventId,
    clip,
    prompt: promptText(vlm.prompt, { camera: nameOf(camera), secondsBefore: clip.secondsBefore }),
    schema: vlmAnswerJsonSchema,
    maxTokens: MAX_ANSWER_TOKENS,
    deadlineMs: config.vlm.timeout_s * MS_PER_S,
  };
  try {
    const reply = await resources.use('vlm', () => gpu.ask(request));
    return { answer: parseVlmAnswer(reply.text), reply };
  } catch (thrown) {
    const error = AppError.from(thrown);
    // The next question loads it anew; the pictures of this one are gone with it.
    if (error.code === 'vlm.not_loaded') resources.lost('vlm');
    throw error;
  }
}
