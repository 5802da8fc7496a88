import type { CameraInput, CameraPatch } from '../../camera/camera-input.js';
import { additionOf, changesOf, hidesPassword } from '../../camera/camera-patch.js';
import { checkCameraUrl, type FileRules } from '../../camera/camera-url.js';
import { AppError } from '../../errors.js';
import type { StreamSource } from '../../protocol/camera.js';
import { redactUrl } from '../../redact.js';
import type { Settings } from '../../config/settings.js';
import type { CameraTrials, TriedStream } from './camera-trial.js';
import type { Fleet } from './fleet.js';
import type { FleetChanges } from './fleet-changes.js';

export interface CameraDeskOptions {
  settings: Pick<Settings, 'config' | 'edit'>;
  fleet: Pick<Fleet, 'get' | 'require'>;
  changes: Pick<FleetChanges, 'pause' | 'resume'>;
  trials: Pick<CameraTrials, 'run'>;
  /** Where a camera is set that the configuration has no say in, as in "the command line"; null for all others. */
  originOf: (camera: string) => string | null;
  /** For URLs that come from outside. */
  fileRules: () => FileRules;
}

/**
 * What people may do about cameras while the product runs. A change is in the configuration, and applied, when its
 * promise resolves; `requestId` is of the request that asks for it.
 */
export class CameraDesk {
  readonly #options: CameraDeskOptions;

  constructor(options: CameraDeskOptions) {
    this.#options = options;
  }

  /** Where a camera is set: `the configuration file`, whose cameras can be changed here, or elsewhere, as in `--camera`. */
  originOf(id: string): string {
    return this.#options.originOf(id) ?? 'the configuration file';
  }

  /** Whether the configuration has a camera, so that it can be changed here. */
  isEditable(id: string): boolean {
    return this.#options.originOf(id) === null;
  }

  /** Throws `camera.exists`, `camera.url_refused`, `config.*`. */
  async add(id: string, camera: CameraInput, requestId: string): Promise<void> {
    const { settings, fleet } = this.#options;
    if (fleet.get(id) !== undefined || Object.hasOwn(settings.config.cameras, id)) {
      const message = `there is a camera ${id} already; change it, or choose another id`;
      throw new AppError('camera.exists', message, { camera: id, field: 'id' });
    }
    this.#checkUrl(camera.url);
    await settings.edit([additionOf(id, camera)], requestId);
  }

  /** Merges a patch (RFC 7396) into a camera. Throws `camera.not_found`, `camera.url_refused`, `config.*`. */
  async change(id: string, patch: CameraPatch, requestId: string): Promise<void> {
    const { settings, fleet } = this.#options;
    const shown = redactUrl(fleet.require(id).camera.settings.url);
    const stored = this.#editable(id);
    const changes = changesOf(id, patch, { stored, shown });
    const url = changes.find(({ path }) => path.at(-1) === 'url')?.value;
    if (typeof url === 'string') this.#checkUrl(url);
    if (changes.length > 0) await settings.edit(changes, requestId);
  }

  /** Throws `camera.not_found`, `config.*`. Its events and its calibrations stay. */
  async remove(id: string, requestId: string): Promise<void> {
    this.#options.fleet.require(id);
    this.#editable(id);
    await this.#options.settings.edit([{ path: ['cameras', id], value: undefined }], requestId);
  }

  /** Throws `camera.not_found`, `store.*`. */
  pause(id: string, requestId: string): Promise<void> {
    return this.#options.changes.pause(id, requestId);
  }

  /** Throws `camera.not_found`, `store.*`. */
  resume(id: string, requestId: string): Promise<void> {
    return this.#options.changes.resume(id, requestId);
  }

  /** Opens a stream for a moment. Throws `camera.*` for what is wrong with it, `request.rate_limited`. */
  async try({ url, transport }: Omit<StreamSource, 'loop'>): Promise<TriedStream> {
    return this.#options.trials.run({ url: this.#checkUrl(url), transport });
  }

  #editable(id: string) {
    const { settings, originOf } = this.#options;
    const origin = originOf(id);
    const stored = settings.config.cameras[id];
    if (origin !== null || stored === undefined) {
      const message = `camera ${id} comes from ${origin ?? 'elsewhere'}; change it there and start again`;
      throw new AppError('config.read_only', message, { camera: id });
    }
    return stored;
  }

  /** The URL to open. Throws `camera.url_refused`. */
  #checkUrl(url: string): string {
    if (hidesPassword(url)) {
      const message = 'url: its user and password are hidden; write them out';
      throw new AppError('camera.url_refused', message, { field: 'url' });
    }
    try {
      return checkCameraUrl(url, this.#options.fileRules());
    } catch (thrown) {
      const { code, message } = AppError.from(thrown);
      throw new AppError(code, `url: ${message}`, { field: 'url' }, thrown);
    }
  }
}
