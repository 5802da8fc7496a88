import { describe, expect, it } from 'vitest';
import { cameraDefaultsSchema, camerasSchema, cameraSettings } from './camera-config.js';

function many(count: number): Record<string, { url: string }> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`cam${i}`, { url: 'a.mp4' }]));
}

describe('the cameras of a configuration', () => {
  it('are 32 at most', () => {
    expect(camerasSchema.safeParse(many(32)).success).toBe(true);
    expect(camerasSchema.safeParse(many(33)).error?.issues[0]?.message).toContain('32 cameras at most');
  });

  it('have hours, or none at all, which is always', () => {
    const defaults = cameraDefaultsSchema.parse({});
    const { gate, yard } = camerasSchema.parse({
      gate: { url: 'a.mp4', schedule: [{ from: '22:00', to: '06:00' }] },
      yard: { url: 'b.mp4' },
    });
    if (gate === undefined || yard === undefined) throw new Error('a camera is missing');
    expect(cameraSettings({ defaults }, 'gate', gate).schedule).toEqual([
      { days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '22:00', to: '06:00' },
    ]);
    expect(cameraSettings({ defaults }, 'yard', yard).schedule).toEqual([]);
    expect(camerasSchema.safeParse({ gate: { url: 'a.mp4', schedule: [] } }).success).toBe(false);
  });
});
