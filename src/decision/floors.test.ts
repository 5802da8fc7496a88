import { describe, expect, it } from 'vitest';
import { confirmed, newTask, rejected, scored, unverified } from '../../test/support/agent-task.js';
import type { AgentRule } from './decision.js';
import { isWithin } from '../schedule.js';
import { floorOf } from './floors.js';

const everyDay = [0, 1, 2, 3, 4, 5, 6];
const at = (hours: number, day = 1): { day: number; minute: number } => ({ day, minute: hours * 60 });

describe('a schedule', () => {
  it('holds from its first minute until the minute before its end', () => {
    const office = { days: [1, 2], from: 480, to: 1080 };
    expect([at(7.99), at(8), at(17.99), at(18)].map((moment) => isWithin(office, moment))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isWithin(office, at(12, 3))).toBe(false);
  });

  it('that ends before it begins goes on until the next morning, and belongs to the day it began on', () => {
    const friday = { days: [5], from: 1320, to: 360 };
    expect(isWithin(friday, at(23, 5))).toBe(true);
    expect(isWithin(friday, at(5, 6))).toBe(true);
    expect(isWithin(friday, at(5, 5))).toBe(false);
    expect(isWithin(friday, at(23, 6))).toBe(false);
    expect(isWithin({ days: [6], from: 1320, to: 360 }, at(5, 0))).toBe(true);
  });

  it('that begins when it ends holds for a whole day', () => {
    for (const hour of [0, 9, 23])
      expect(isWithin({ days: everyDay, from: 540, to: 540 }, at(hour))).toBe(true);
  });
});

describe('the floor', () => {
  const night: AgentRule = {
    name: 'Night',
    schedule: { days: everyDay, from: 1320, to: 360 },
    min_severity: 'critical',
  };

  it('is low when nothing raises it', () => {
    expect(floorOf(newTask())).toEqual({ severity: 'low', by: null });
  });

  it('is set by rules only in their hours', () => {
    expect(floorOf(newTask({ rules: [night] })).severity).toBe('low');
    expect(floorOf(newTask({ rules: [night], local: at(23) }))).toEqual({
      severity: 'critical',
      by: { rule: 'Night' },
    });
  });

  it('is set by rules only for their labels, and what nobody could name is none of them', () => {
    const rules: AgentRule[] = [{ name: 'Fire', labels: ['fire'], min_severity: 'high' }];
    expect(floorOf(newTask({ rules, finding: confirmed({ label: 'fire' }) })).severity).toBe('high');
    expect(floorOf(newTask({ rules })).severity).toBe('low');
    expect(floorOf(newTask({ rules, finding: unverified })).severity).toBe('low');
  });

  it('is high for a high score, whatever a model saw', () => {
    for (const finding of [confirmed({ severity: 'low' }), rejected(), unverified])
      expect(floorOf(newTask({ finding, event: scored('high') }))).toEqual({ severity: 'high', by: 'score' });
  });

  it('is the highest of all, and names a rule that asks for as much as the score', () => {
    const rules: AgentRule[] = [
      { name: 'A', min_severity: 'medium' },
      { name: 'B', min_severity: 'high' },
      { name: 'C', min_severity: 'high' },
    ];
    expect(floorOf(newTask({ rules, event: scored('high') }))).toEqual({
      severity: 'high',
      by: { rule: 'B' },
    });
    expect(floorOf(newTask({ rules: rules.slice(0, 1), event: scored('high') })).by).toBe('score');
  });
});
