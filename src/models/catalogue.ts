import type { PulledManifest } from './model-entry.js';

/** A file to download. */
export interface RemoteFile {
  url: string;
  sha256: string;
  /** Bytes; null when nobody knows before. */
  sizeBytes: number | null;
}

/** What a model is, whichever way it is pulled. */
export interface ModelToPull {
  name: string;
  /** For people. */
  title: string;
  licence: string;
  text: RemoteFile;
  /** Null for a model that sees nothing: one for the agent. */
  projector: RemoteFile | null;
  /** How a VLM wants its pictures. */
  picture: { count: number; width: number };
  contextTokens: number;
  /** MiB in all, estimated: weights, attention cache of the whole context and scratch space; null: not known. */
  memoryMb: number | null;
}

/** Where the catalogue's files lie, unless `--from` names a mirror that has them under the same paths. */
export const CATALOGUE_URL = 'https://huggingface.co';

interface CatalogueFile {
  file: string;
  sizeBytes: number;
  sha256: string;
}

interface CatalogueEntry extends Omit<ModelToPull, 'text' | 'projector'> {
  /** Repository and revision: a revision never changes. */
  repository: string;
  revision: string;
  text: CatalogueFile;
  projector: CatalogueFile;
}

/** VLMs for real cameras, the best first. All have run in llama.cpp, and speak English. */
const entries: readonly CatalogueEntry[] = [
  {
    name: 'qwen2.5-vl-3b',
    title: 'Qwen2.5-VL 3B Instruct, Q4_K_M, by Alibaba Cloud',
    licence: 'Qwen Research License: research and evaluation; commercial use needs a licence of its makers',
    repository: 'ggml-org/Qwen2.5-VL-3B-Instruct-GGUF',
    revision: '5037fcf163dd95d1e41d1974465f0898ed108ca2',
    text: {
      file: 'Qwen2.5-VL-3B-Instruct-Q4_K_M.gguf',
      sizeBytes: 1_929_901_056,
      sha256: 'd02fe9b69ad8cadbbd228e387667af66612c44bed29ffc8eb1e7caf9ac486c12',
    },
    projector: {
      file: 'mmproj-Qwen2.5-VL-3B-Instruct-Q8_0.gguf',
      sizeBytes: 844_757_728,
      sha256: '980c9b2f78c04e6cff93d277ada09e768394f112d75db3b4e9dea8a69f9fb904',
    },
    picture: { count: 4, width: 640 },
    contextTokens: 4_096,
    memoryMb: 3_600,
  },
  {
    name: 'smolvlm2-2.2b',
    title: 'SmolVLM2 2.2B Instruct, Q4_K_M, by Hugging Face',
    licence: 'Apache-2.0',
    repository: 'ggml-org/SmolVLM2-2.2B-Instruct-GGUF',
    revision: '1bc3c9f74ceafd4c8d4411cc9cf188bba3798f91',
    text: {
      file: 'SmolVLM2-2.2B-Instruct-Q4_K_M.gguf',
      sizeBytes: 1_112_602_656,
      sha256: '0cf76814555b8665149075b74ab6b5c1d428ea1d3d01c1918c12012e8d7c9f58',
    },
    projector: {
      file: 'mmproj-SmolVLM2-2.2B-Instruct-Q8_0.gguf',
      sizeBytes: 592_523_200,
      sha256: 'ae07ea1facd07dd3230c4483b63e8cda96c6944ad2481f33d531f79e892dd024',
    },
    // It cuts a picture into up to 13 tiles of 81 tokens.
    picture: { count: 2, width: 640 },
    contextTokens: 4_096,
    memoryMb: 2_900,
  },
  {
    name: 'smolvlm-500m',
    title: 'SmolVLM 500M Instruct, Q8_0, by Hugging Face',
    licence: 'Apache-2.0',
    repository: 'ggml-org/SmolVLM-500M-Instruct-GGUF',
    revision: '72e986006ef53e37cdd3f6d4241c90b0f01df376',
    text: {
      file: 'SmolVLM-500M-Instruct-Q8_0.gguf',
      sizeBytes: 436_806_912,
      sha256: '9d4612de6a42214499e301494a3ecc2be0abdd9de44e663bda63f1152fad1bf4',
    },
    projector: {
      file: 'mmproj-SmolVLM-500M-Instruct-Q8_0.gguf',
      sizeBytes: 108_783_360,
      sha256: 'd1eb8b6b23979205fdf63703ed10f788131a3f812c7b1f72e0119d5d81295150',
    },
    // It cuts a picture into up to 13 tiles of 64 tokens.
    picture: { count: 2, width: 640 },
    contextTokens: 4_096,
    memoryMb: 1_000,
  },
];

/** The catalogue, with files as the server at `base` has them. */
export function catalogue(base = CATALOGUE_URL): ModelToPull[] {
  return entries.map(({ repository, revision, text, projector, ...entry }) => {
    const remote = ({ file, sizeBytes, sha256 }: CatalogueFile): RemoteFile => ({
      url: `${base.replace(/\/+$/, '')}/${repository}/resolve/${revision}/${file}`,
      sizeBytes,
      sha256,
    });
    return { ...entry, text: remote(text), projector: remote(projector) };
  });
}

/** A file of a model, and the name under which the model's folder has it. */
export interface LocalFile {
  part: Part;
  name: string;
  remote: RemoteFile;
}

type Part = 'text' | 'projector';

/** The model's files; their names are such that another version never overwrites one in use. */
export function localFiles({ text, projector }: ModelToPull): LocalFile[] {
  const local = (part: Part, remote: RemoteFile): LocalFile => ({
    part,
    name: localName(part, remote),
    remote,
  });
  return [local('text', text), ...(projector === null ? [] : [local('projector', projector)])];
}

/** The manifest of a model whose folder has `localFiles`. */
export function manifestOf(model: ModelToPull, pulledAt: number): PulledManifest {
  const { name, licence, text, projector, picture, contextTokens, memoryMb } = model;
  const shared = {
    version: 1,
    name,
    pulled_at: pulledAt,
    licence,
    text: { file: localName('text', text), sha256: text.sha256 },
    prompt: 'general-1',
    context: contextTokens,
    ...(memoryMb !== null && { memory_mb: memoryMb }),
  } as const;
  if (projector === null) return { ...shared, kind: 'agent' };
  return {
    ...shared,
    kind: 'vlm',
    projector: { file: localName('projector', projector), sha256: projector.sha256 },
    picture: { layout: 'frames', ...picture },
  };
}

function localName(part: Part, { sha256 }: RemoteFile): string {
  return `${part}-${sha256.slice(0, 12)}.gguf`;
}
