import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roles, type Admission } from '../../access/access.js';
import { hashToken, type AccessToken } from '../../access/access-tokens.js';
import { KeyRing } from './key-ring.js';

const secrets = ['s0', 's1', 's2', 's3'] as const;

const token: fc.Arbitrary<AccessToken> = fc.record({
  name: fc.constantFrom('a', 'b'),
  role: fc.constantFrom(...roles),
  cameras: fc.constantFrom(null, ['gate'], ['gate', 'yard']),
  sha256: fc.constantFrom(...secrets).map(hashToken),
  created: fc.constant(0),
  expires: fc.option(fc.nat({ max: 20 })),
});
const step = fc.record({
  tokens: fc.uniqueArray(token, { selector: ({ sha256 }) => sha256, maxLength: 4 }),
  waitS: fc.nat({ max: 5 }),
});

/** Who comes in with each secret and with none, as told by nothing but the tokens and the time. */
function expected(
  tokens: readonly AccessToken[],
  now: number,
  staysOnMachine: boolean,
  anonymous: 'viewer' | null,
) {
  const isOpen = staysOnMachine && tokens.length === 0;
  const local = { name: 'local', role: 'admin', cameras: null };
  const bySecret = secrets.map((secret) => {
    const found = tokens.find(({ sha256 }) => sha256 === hashToken(secret));
    if (isOpen) return local;
    if (found === undefined || (found.expires !== null && found.expires <= now)) return null;
    return { name: found.name, role: found.role, cameras: found.cameras };
  });
  const stranger = anonymous === null ? null : { name: 'anonymous', role: anonymous, cameras: null };
  return [...bySecret, isOpen ? local : stranger];
}

/** What lets somebody in: a token, all of it; without one, that there is none on a machine of one's own. */
function sourceOf(
  tokens: readonly AccessToken[],
  secret: string | undefined,
  staysOnMachine: boolean,
): string {
  if (secret === undefined) return String(staysOnMachine && tokens.length === 0);
  return JSON.stringify(tokens.find(({ sha256 }) => sha256 === hashToken(secret)));
}

it('lets in exactly who a token stands for, and ends what it let in when that changes, not before', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 20 }),
      fc.boolean(),
      fc.constantFrom(null, 'viewer' as const),
      (steps, staysOnMachine, anonymous) => {
        const ring = new KeyRing({ staysOnMachine, anonymous }, [], 0);
        let now = 0;
        let known: readonly AccessToken[] = [];
        let before: (Admission | null)[] = [];
        for (const { tokens, waitS } of steps) {
          now += waitS;
          ring.replace(tokens, now);
          const after = [...secrets.map((secret) => ring.admit(secret)), ring.admitWithout()];
          expect(after.map((admission) => admission?.caller ?? null)).toEqual(
            expected(tokens, now, staysOnMachine, anonymous),
          );
          after.forEach((admission, index) => {
            expect(admission?.ended.aborted ?? false).toBe(false);
            const earlier = before[index] ?? null;
            if (earlier !== null) expect(earlier.ended.aborted).toBe(earlier !== admission);
            const [was, is] = [known, tokens].map((each) => sourceOf(each, secrets[index], staysOnMachine));
            if (earlier !== null && admission !== null) expect(earlier === admission).toBe(was === is);
          });
          before = after;
          known = tokens;
        }
      },
    ),
    { numRuns: 300 },
  );
});
