/** Debian's ffmpeg, for the backend that runs it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Whether this machine has one that is new enough. */
export const hasFfmpeg = knows('-fps_mode');

function knows(option: string): boolean {
  const { error, stdout } = spawnSync('ffmpeg', ['-hide_banner', '-h', 'long'], { encoding: 'utf8' });
  return error === undefined && stdout.includes(option);
}

export interface RunningChild {
  pid: number;
  /** One letter of the kernel's; Z is a zombie. */
  state: string;
  /** Its command line, as every user of the machine can read it. */
  command: string;
}

/** The children of this process that are called ffmpeg, dead ones that nobody has waited for included. */
export function ffmpegChildren(): RunningChild[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => childOf(Number(name)));
}

function childOf(pid: number): RunningChild[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name, state = '', parent] = /\((.*)\) (\w) (\d+)/.exec(stat) ?? [];
    if (name !== 'ffmpeg' || Number(parent) !== process.pid) return [];
    return [{ pid, state, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
  } catch {
    // It has gone meanwhile.
    return [];
  }
}
