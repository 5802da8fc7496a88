import { describe, expect, it } from 'vitest';
import { cameraDefaultsSchema, cameraSchema, cameraSettings } from '../../camera/camera-config.js';
import type { VadReading } from '../../protocol/gpu.js';
import type { EpisodeChange } from '../../scoring/episode.js';
import { FaultEpisodes } from '../../scoring/picture-fault.js';
import { isOnWatch, takeHealth, takeReading, type FleetMember } from './fleet-member.js';

/** Local time, wherever the test runs. */
const at = (hours: number, minutes = 0): number => new Date(2026, 5, 1, hours, minutes).getTime() / 1_000;

const reading = { camera: 'gate', ptsUs: 1, wallTime: 0 } as VadReading;
const episode = {} as EpisodeChange['episode'];

/** A camera that is watched from 22:00 to 06:00, whose detector says what the test wants. */
function setUp() {
  const said: EpisodeChange[] = [];
  const own = cameraSchema.parse({ url: 'a.mp4', schedule: [{ from: '22:00', to: '06:00' }] });
  const detector = {
    says: null as EpisodeChange | null,
    isOpen: false,
    latest: null,
    phase: 'quiet',
    options: { threshold: 0.5 },
    observe: () => detector.says,
    rest(): EpisodeChange | null {
      const wasOpen = detector.isOpen;
      detector.isOpen = false;
      return wasOpen ? { type: 'ended', episode } : null;
    },
  };
  const camera = {
    id: 'gate',
    settings: cameraSettings({ defaults: cameraDefaultsSchema.parse({}) }, 'gate', own),
    connection: { state: 'streaming' },
  };
  const recorder = { change: (change: EpisodeChange) => said.push(change) };
  const member = { camera, detector, recorder, faults: new FaultEpisodes('gate') } as unknown as FleetMember;
  return { member, detector, camera, said: () => said.splice(0).map(({ type }) => type) };
}

describe('a camera with hours', () => {
  it('has events begin within them and not outside', () => {
    const { member, detector, said } = setUp();
    detector.says = { type: 'opened', episode };
    takeReading(member, reading, at(21, 59));
    expect(said()).toEqual([]);
    takeReading(member, reading, at(22));
    expect(said()).toEqual(['opened']);
    takeReading(member, reading, at(6));
    expect(said()).toEqual([]);
  });

  it('ends what is open when they end, once', () => {
    const { member, detector, said } = setUp();
    detector.isOpen = true;
    detector.says = { type: 'peaked', episode };
    takeReading(member, reading, at(5, 59));
    takeReading(member, reading, at(6));
    takeReading(member, reading, at(6, 1));
    expect(said()).toEqual(['peaked', 'ended']);
  });

  it('does not lose an end that falls on their end', () => {
    const { member, detector, said } = setUp();
    detector.says = { type: 'ended', episode };
    takeReading(member, reading, at(6));
    expect(said()).toEqual(['ended']);
  });

  it('has its picture watched outside of them', () => {
    const { member, said } = setUp();
    takeHealth(member, { type: 'health', health: 'covered', viewChanged: false, ptsUs: 1, wallTime: at(12) });
    expect(said()).toEqual(['opened']);
  });

  it('says whether it is on watch; never while it is paused', () => {
    const { member, camera } = setUp();
    expect([isOnWatch(member, at(23)), isOnWatch(member, at(12))]).toEqual([true, false]);
    camera.connection.state = 'paused';
    expect(isOnWatch(member, at(23))).toBe(false);
  });
});
