/** What no single setting can tell: whether settings that name each other agree. */
import { checkCameraUrl } from '../camera/camera-url.js';
import type { Config } from './config.js';
import type { Problem } from './problems.js';
import { AppError } from '../errors.js';

interface Rule {
  cameras?: readonly string[] | undefined;
  zones?: readonly string[] | undefined;
}

/** Rules name cameras and zones that exist. `cameras` are those that the file does not have, of the command line above all. */
export function checkNames(config: Config, cameras: ReadonlySet<string>): Problem[] {
  const known = new Set([...Object.keys(config.cameras), ...cameras]);
  return rulesOf(config).flatMap(({ path, rule }) => [
    ...unknownNames([...path, 'cameras'], rule.cameras, known, 'camera'),
    ...(namesOnlyConfigured(config, rule)
      ? unknownNames([...path, 'zones'], rule.zones, zonesOf(config, rule), 'zone of these cameras')
      : []),
  ]);
}

/**
 * Cameras may be opened. Only those that changed since `previous`: a file that went missing meanwhile is its camera's
 * failure, and must not keep the rest of the configuration from changing.
 */
export function checkUrls(config: Config, base: string, previous: Config | null): Problem[] {
  const problems: Problem[] = [];
  for (const [id, { url }] of Object.entries(config.cameras)) {
    const isKnown = previous !== null && Object.hasOwn(previous.cameras, id);
    if (isKnown && previous.cameras[id]?.url === url) continue;
    try {
      checkCameraUrl(url, { base, mediaDir: config.media_dir });
    } catch (thrown) {
      problems.push({ path: ['cameras', id, 'url'], message: AppError.from(thrown).message });
    }
  }
  return problems;
}

function rulesOf({ agent, alerts }: Config): { path: (string | number)[]; rule: Rule }[] {
  const lists: [string[], readonly Rule[]][] = [
    [['agent', 'rules'], agent.rules],
    [['alerts', 'rules'], alerts.rules],
    ...Object.entries(alerts.channels).map(([name, channel]): [string[], readonly Rule[]] => [
      ['alerts', 'channels', name, 'rules'],
      (channel as { rules?: readonly Rule[] }).rules ?? [],
    ]),
  ];
  return lists.flatMap(([path, rules]) => rules.map((rule, i) => ({ path: [...path, i], rule })));
}

function unknownNames(
  path: (string | number)[],
  names: readonly string[] | undefined,
  known: ReadonlySet<string>,
  what: string,
): Problem[] {
  return (names ?? []).flatMap((name, i) =>
    known.has(name) ? [] : [{ path: [...path, i], message: `there is no ${what} ${name}`, given: name }],
  );
}

/** The zones of a camera that the file does not have are not known here. */
function namesOnlyConfigured({ cameras }: Config, rule: Rule): boolean {
  return (rule.cameras ?? Object.keys(cameras)).every((id) => Object.hasOwn(cameras, id));
}

function zonesOf({ cameras }: Config, rule: Rule): Set<string> {
  const ids = rule.cameras ?? Object.keys(cameras);
  return new Set(ids.flatMap((id) => Object.keys(cameras[id]?.zones ?? {})));
}
