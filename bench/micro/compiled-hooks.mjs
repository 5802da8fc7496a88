/** See compiled.mjs; Node runs these in a thread of their own. */
const sources = new URL('../../src/', import.meta.url).href;
const compiled = new URL('../../dist/', import.meta.url).href;

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  const { url } = resolved;
  if (!url.startsWith(sources) || !url.endsWith('.ts')) return resolved;
  const file = `${compiled}${url.slice(sources.length, -'.ts'.length)}.js`;
  return { url: file, format: 'module', shortCircuit: true };
}
