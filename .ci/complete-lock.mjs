// Run after every change of package-lock.json. A registry that lacks a package for some other platform makes
// `npm install` leave it out of the lock, and `npm ci` then refuses the lock for disagreeing with the packages that
// name it. This puts the missing optional entries back, with the platform their names tell.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

const systems = [
  [/darwin|mac/, 'darwin'],
  [/win/, 'win32'],
  [/android/, 'android'],
  [/freebsd/, 'freebsd'],
  [/openharmony/, 'openharmony'],
  [/./, 'linux'],
];
const processors = [
  [/arm64/, 'arm64'],
  [/arm/, 'arm'],
  [/riscv64/, 'riscv64'],
  [/ppc64/, 'ppc64'],
  [/s390x/, 's390x'],
  [/ia32/, 'ia32'],
  [/wasm32/, 'wasm32'],
  [/./, 'x64'],
];
const match = (table, name) => table.find(([pattern]) => pattern.test(name))[1];

let added = 0;
for (const [folder, { optionalDependencies = {} }] of Object.entries(packages)) {
  if (folder === '') continue;
  for (const [dependency, version] of Object.entries(optionalDependencies)) {
    if (packages[`node_modules/${dependency}`] || packages[`${folder}/node_modules/${dependency}`]) continue;
    const name = dependency.split('/').at(-1);
    packages[`node_modules/${dependency}`] = {
      version,
      cpu: [match(processors, name)],
      ...(/musl/.test(name) ? { libc: ['musl'] } : {}),
      optional: true,
      os: [match(systems, name)],
    };
    added += 1;
  }
}
// It claims to run on x64 too, where nothing would load it: 20 MB.
packages['node_modules/@node-llama-cpp/linux-arm64'].cpu = ['arm64'];
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} optional packages added to the lock\n`);
