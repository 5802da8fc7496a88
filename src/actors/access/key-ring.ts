import { timingSafeEqual } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Admission, Caller, Doorkeeper, Role } from '../../access/access.js';
import { hashToken, type AccessToken } from '../../access/access-tokens.js';

export interface DoorRules {
  /** Nobody from outside this machine can ask: while there is no token, everybody may do everything. */
  staysOnMachine: boolean;
  /** What those without a token may do, who see every camera; null for nothing. */
  anonymous: Role | null;
}

/** What a token, or having none, lets in. */
interface Key {
  /** Of the token; null for having none. */
  sha256: Buffer | null;
  admission: Admission;
  end: AbortController;
}

const local: Caller = { name: 'local', role: 'admin', cameras: null };

/** The tokens in force. What they let in ends when they do. */
export class KeyRing implements Doorkeeper {
  readonly #rules: DoorRules;
  readonly #keys = new Map<string, Key>();
  #without: Key | null = null;
  #isOpen = false;

  /** @param tokens those that `replace` would set */
  constructor(rules: DoorRules, tokens: readonly AccessToken[], wallTime: number) {
    this.#rules = rules;
    this.replace(tokens, wallTime);
  }

  /**
   * Sets the tokens that are known. One that stays as it is goes on; whatever another let in ends now. An expired one
   * lets nobody in, but it is a token: the door does not open for that.
   * @param wallTime Unix seconds
   */
  replace(tokens: readonly AccessToken[], wallTime: number): void {
    const valid = new Map(
      tokens.filter((token) => !isOver(token, wallTime)).map((token) => [idOf(token), token]),
    );
    for (const [id, { end }] of this.#keys) {
      if (valid.has(id)) continue;
      this.#keys.delete(id);
      end.abort();
    }
    for (const [id, token] of valid) {
      if (!this.#keys.has(id)) this.#keys.set(id, newKey(Buffer.from(token.sha256, 'hex'), callerOf(token)));
    }
    this.#setWithout(tokens.length > 0);
  }

  /** While there are no tokens, any is as good as none: a browser may still show one that was revoked. */
  admit(token: string): Admission | null {
    const without = this.#isOpen ? this.#without : null;
    return (this.#find(token) ?? without)?.admission ?? null;
  }

  admitWithout(): Admission | null {
    return this.#without?.admission ?? null;
  }

  /** Compares with every token, so that the time taken tells nothing about which one came close. */
  #find(token: string): Key | undefined {
    const hash = Buffer.from(hashToken(token), 'hex');
    return [...this.#keys.values()].filter(
      ({ sha256 }) => sha256 !== null && timingSafeEqual(sha256, hash),
    )[0];
  }

  #setWithout(anyToken: boolean): void {
    const { staysOnMachine, anonymous } = this.#rules;
    const isOpen = staysOnMachine && !anyToken;
    if (this.#without !== null && isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#without?.end.abort();
    const stranger = anonymous === null ? null : { name: 'anonymous', role: anonymous, cameras: null };
    const caller = isOpen ? local : stranger;
    this.#without = caller === null ? null : newKey(null, caller);
  }
}

function isOver({ expires }: AccessToken, wallTime: number): boolean {
  return expires !== null && expires <= wallTime;
}

/** All that matters of a token: another id is another token. */
function idOf({ name, role, cameras, sha256, expires }: AccessToken): string {
  return JSON.stringify([name, role, cameras, sha256, expires]);
}

function callerOf({ name, role, cameras }: AccessToken): Caller {
  return { name, role, cameras };
}

function newKey(sha256: Buffer | null, caller: Caller): Key {
  const end = new AbortController();
  // Every open stream and socket listens; how many there may be is for others to bound.
  setMaxListeners(0, end.signal);
  return { sha256, end, admission: { caller, ended: end.signal } };
}
