/** Writes as the product, then as a native library would, to the descriptors themselves. */
import { writeSync } from 'node:fs';
import { divertNativeOutput } from '../../dist/native-output.js';

const output = divertNativeOutput(process.argv[2]);
writeSync(output.stdout, 'product out\n');
writeSync(output.stderr, 'product error\n');
writeSync(1, 'native out\n');
writeSync(2, 'native error\n');
if (process.argv[3] === 'much') writeSync(1, Buffer.alloc(2 ** 20, 'x'));
output.trim();
writeSync(2, 'last words\n');
