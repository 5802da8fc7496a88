import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiTypes, apiTypesFile } from '../support/api-document.js';

describe('the types of the API client', () => {
  it('are those of the document as the routes make it now; else run npm run api:types', async () => {
    expect(readFileSync(apiTypesFile, 'utf8') === (await apiTypes())).toBe(true);
  });
});
