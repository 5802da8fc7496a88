/** A small RTSP camera for tests: H.264 or H.265 over TCP interleaved, looped in real time, with faults on request. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { MS_PER_S } from '../../src/units.js';
import type { CodedClip } from './coded-clip.js';
import { packetize, type RtpStream } from './rtp-packets.js';
import {
  describeHeaders,
  replier,
  sessionDescription,
  takeRequests,
  type RtspRequest,
} from './rtsp-messages.js';

const CLOCK_HZ = 90_000;
const SESSION_ID = '12345678';

interface Playback {
  path: string;
  clip: CodedClip;
  socket: Socket;
  rtp: RtpStream;
  startedMs: number;
  next: number;
  loops: number;
  timer: NodeJS.Timeout | undefined;
}

export class RtspServer {
  /** Clip by path, such as `/cam0`. */
  readonly #clips: ReadonlyMap<string, CodedClip>;
  readonly #playbacks = new Set<Playback>();
  readonly #sockets = new Set<Socket>();
  readonly #stalled = new Set<string>();
  readonly #locked = new Set<string>();
  #server: Server | null = null;
  #port = 0;

  constructor(clips: Record<string, CodedClip>) {
    this.#clips = new Map(Object.entries(clips));
  }

  /** Listens on a free port of the loopback, or again on the port of the last time. */
  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#serve(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection and refuses new ones until `listen`. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  url(path: string, credentials = ''): string {
    return `rtsp://${credentials}127.0.0.1:${this.#port}${path}`;
  }

  /** Clients that are playing right now. */
  get playing(): number {
    return this.#playbacks.size;
  }

  /** Keeps the connections of `path` open but sends nothing on them. */
  stall(path: string, on: boolean): void {
    if (on) this.#stalled.add(path);
    else this.#stalled.delete(path);
  }

  /** Cuts the connections of `path`. */
  drop(path: string): void {
    for (const { path: playing, socket } of this.#playbacks) if (playing === path) socket.destroy();
  }

  /** Answers every DESCRIBE of `path` with 401, whatever the credentials. */
  lock(path: string): void {
    this.#locked.add(path);
  }

  unlock(path: string): void {
    this.#locked.delete(path);
  }

  #serve(socket: Socket): void {
    let playback: Playback | null = null;
    let unread = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // A client that leaves in mid-write is everyday business here; 'close' follows and cleans up.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (playback !== null) this.#stop(playback);
    });
    socket.on('data', (data) => {
      const { requests, rest } = takeRequests(Buffer.concat([unread, data]));
      unread = rest;
      for (const request of requests) playback = this.#answer(socket, request, playback);
    });
  }

  /** Answers one request; returns what the connection plays from now on. */
  #answer(socket: Socket, request: RtspRequest, playback: Playback | null): Playback | null {
    const reply = replier(socket, request);
    const clip = this.#clips.get(request.path);
    switch (request.method) {
      case 'OPTIONS':
        reply('200 OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER' });
        return playback;
      case 'DESCRIBE':
        if (this.#locked.has(request.path)) {
          reply('401 Unauthorized', { 'WWW-Authenticate': 'Basic realm="test"' });
        } else if (clip === undefined) reply('404 Not Found');
        else reply('200 OK', describeHeaders(request), sessionDescription(clip));
        return playback;
      case 'SETUP':
        if (clip === undefined || !request.headers.get('transport')?.includes('TCP')) {
          reply('461 Unsupported Transport');
          return playback;
        }
        reply('200 OK', { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1', Session: SESSION_ID });
        return newPlayback(request.path, clip, socket);
      case 'PLAY':
        reply('200 OK', { Session: SESSION_ID, Range: 'npt=0.000-' });
        if (playback !== null) this.#start(playback);
        return playback;
      case 'TEARDOWN':
        reply('200 OK', { Session: SESSION_ID });
        socket.end();
        return playback;
      default:
        reply('200 OK', { Session: SESSION_ID });
        return playback;
    }
  }

  #start(playback: Playback): void {
    playback.startedMs = performance.now();
    this.#playbacks.add(playback);
    this.#play(playback);
  }

  #stop(playback: Playback): void {
    clearTimeout(playback.timer);
    this.#playbacks.delete(playback);
  }

  /** Sends what is due and comes back for the rest. A stalled path goes on in silence, as a live camera would. */
  #play(playback: Playback): void {
    const { clip, rtp, socket } = playback;
    for (;;) {
      const unit = clip.units[playback.next];
      if (unit === undefined) throw new Error('the clip has no frames');
      const offsetMs = playback.loops * clip.durationMs;
      const waitMs = playback.startedMs + offsetMs + unit.dtsMs - performance.now();
      if (waitMs > 1) {
        playback.timer = setTimeout(() => {
          this.#play(playback);
        }, waitMs);
        return;
      }
      if (!this.#stalled.has(playback.path)) {
        const nals = unit.keyframe ? [...clip.parameterSets, ...unit.nals] : unit.nals;
        const timestamp = Math.round(((offsetMs + unit.ptsMs) * CLOCK_HZ) / MS_PER_S);
        socket.write(Buffer.concat(packetize(rtp, clip.codec, nals, timestamp)));
      }
      playback.next = (playback.next + 1) % clip.units.length;
      if (playback.next === 0) playback.loops += 1;
    }
  }
}

function newPlayback(path: string, clip: CodedClip, socket: Socket): Playback {
  const rtp = { sequence: 0, ssrc: 0x4e554e43 };
  return { path, clip, socket, rtp, startedMs: 0, next: 0, loops: 0, timer: undefined };
}
