/** Threads do not inherit the loaders: takes them in, and becomes the receiver. */
import { register } from 'tsx/esm/api';

register();
await import('./compiled.mjs');
await import('./transfer-receiver.ts');
