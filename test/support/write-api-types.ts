/** `npm run api:types`: writes the types of the API's client anew, after a route has changed. */
import { writeFileSync } from 'node:fs';
import { apiTypes, apiTypesFile } from './api-document.js';

writeFileSync(apiTypesFile, await apiTypes());
