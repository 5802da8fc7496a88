/** What `nunchi check-config` says of a file that can be used. */
import { statSync } from 'node:fs';
import type { Config } from './config.js';
import type { LoadedConfig } from './file.js';
import { referencedFiles } from './values.js';

/** Lines of text: `ok`, what the file sets up, and what is allowed but seldom meant. */
export function configReport({ source, text, config }: LoadedConfig): string[] {
  const names = (what: Record<string, unknown>): string => Object.keys(what).join(', ') || 'none';
  return [
    'ok',
    `file: ${source.file}`,
    `cameras: ${names(config.cameras)}`,
    `alert channels: ${names(config.alerts.channels)}`,
    ...source.overrides.map(
      ({ path, origin }) => `${path.join('.')}: set by ${origin}, whatever the file says`,
    ),
    ...[...budgetWarnings(config), ...secretWarnings(text ?? '')].map((warning) => `warning: ${warning}`),
  ];
}

function budgetWarnings({ resources }: Config): string[] {
  const { vram_mb: total, vad_mb: vad, vlm_mb: vlm, agent_mb: agent } = resources;
  if (vad + vlm + agent <= total) return [];
  const sum = `vad_mb + vlm_mb + agent_mb is ${vad + vlm + agent}, more than vram_mb, ${total}`;
  return [`resources: ${sum}: models will be unloaded to make room for each other`];
}

function secretWarnings(text: string): string[] {
  return (
    referencedFiles(text)
      // One that is not there is named in a comment only.
      .filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o004) !== 0)
      .map((file) => `${file} can be read by every user of this machine; chmod 600 keeps it from them`)
  );
}
