import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadLimits } from '../actors/cameras/overload-state.js';
import { deliveryReasons, deliveryStatuses } from '../alerting/alert-record.js';
import { overloadStates } from '../overload-states.js';
import { packagePath } from '../paths.js';

type Words = Record<string, (name: string) => string>;

const wordsOf = async (file: string): Promise<Words> =>
  (await import(pathToFileURL(packagePath(`src/http/dashboard/${file}`)).href)) as Words;

describe('the dashboard has words of its own', () => {
  it.each([
    ['what is left undone', 'system/system-words.js', 'overloadText', overloadStates],
    ['what was too much', 'system/system-words.js', 'tooMuchText', Object.keys(loadLimits)],
    ['what became of a message', 'alerts/alert-words.js', 'statusName', deliveryStatuses],
    ['why a message was not sent', 'alerts/alert-words.js', 'heldBackText', deliveryReasons],
  ])('for %s', async (_what, file, text, names) => {
    const words = await wordsOf(file);
    for (const name of names) expect(words[text]?.(name), name).toMatch(/^(?!.*_).+/);
    expect(names.filter((name) => words[text]?.(name) === name)).toEqual([]);
  });
});
