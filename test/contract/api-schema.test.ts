import { describe, expect, it } from 'vitest';
import { apiDocument } from '../support/api-document.js';
import { compileSchema } from '../support/api-answer.js';
import { anomalyEvent } from '../support/anomaly-event.js';
import { cameraView } from '../support/http-fakes.js';

const document = await apiDocument();
const event = compileSchema(document, { $ref: '#/components/schemas/Event' });
const page = compileSchema(document, { $ref: '#/components/schemas/EventPage' });
const camera = compileSchema(document, { $ref: '#/components/schemas/Camera' });
const problem = compileSchema(document, { $ref: '#/components/schemas/Problem' });

describe('a schema of the document', () => {
  it('takes what the API answers', () => {
    expect(event.safeParse(anomalyEvent()).success).toBe(true);
    expect(page.safeParse({ events: [anomalyEvent()], next_cursor: null }).success).toBe(true);
    expect(camera.safeParse(cameraView('gate')).success).toBe(true);
  });

  it.each([
    ['a name that is not declared', { more: 1 }],
    ['a value that is none of the enumeration', { severity: 'grave' }],
    ['a number out of range', { top_score: 1.5 }],
    ['another type', { start_time: '1' }],
    ['no value where one is required', { camera: undefined }],
    ['an id that is no UUID', { id: 'x' }],
    ['a wrong entry of a list', { actions: [1] }],
    ['a wrong entry of a map', { data: { x: { y: 1 } } }],
  ])('refuses %s, here and behind a reference', (_what, wrong) => {
    const wrongEvent = { ...anomalyEvent(), ...wrong };
    expect(event.safeParse(wrongEvent).success).toBe(false);
    expect(page.safeParse({ events: [wrongEvent], next_cursor: null }).success).toBe(false);
  });

  it('refuses a place of the wrong shape, and a code that nobody documented', () => {
    const zones = { door: { points: [['a', 0]] } };
    expect(camera.safeParse({ ...cameraView('gate'), zones }).success).toBe(false);
    const told = { type: 'about:blank', title: 'Error', status: 400, detail: 'x' };
    expect(problem.safeParse({ ...told, code: 'request.invalid' }).success).toBe(true);
    expect(problem.safeParse({ ...told, code: 'request.unheard_of' }).success).toBe(false);
  });
});
