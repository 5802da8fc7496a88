/**
 * Has the benchmarks run the product as it ships. What tsx makes of src/*.ts names every closure at run time, which costs
 * more than some of what is measured, so each file there gives way to its compiled one.
 */
import { register } from 'node:module';

register('./compiled-hooks.mjs', import.meta.url);
