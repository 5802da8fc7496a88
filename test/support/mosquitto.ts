/** Debian's broker, with a password or without, on a free port. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PATHS = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** Whether this machine has it. */
export const hasMosquitto = spawnSync('mosquitto', ['-h'], { env: { PATH: PATHS } }).error === undefined;

export class Mosquitto {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'nunchi-mqtt-'));
  #process: ChildProcess | null = null;
  port = 0;

  /** Starts, or starts again on the port of the last time; what was retained is lost then. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const file = path.join(this.#folder, 'mosquitto.conf');
    writeFileSync(file, `listener ${this.port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n`);
    const own = spawn('mosquitto', ['-c', file], {
      env: { PATH: PATHS },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = own;
    await new Promise<void>((resolve, reject) => {
      own.once('exit', () => {
        reject(new Error('mosquitto ended'));
      });
      own.stderr.on('data', (line: Buffer) => {
        if (line.includes('running')) resolve();
      });
    });
  }

  /** Ends it without a word to its clients. */
  async kill(): Promise<void> {
    const own = this.#process;
    this.#process = null;
    if (own === null || own.exitCode !== null) return;
    const ended = new Promise((resolve) => own.once('exit', resolve));
    own.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
