/** Who hears of events: the alerts with their channels, and the homes that follow over MQTT. */
import { Alerts } from '../actors/alerts/alerts.js';
import type { Fleet } from '../actors/cameras/fleet.js';
import type { FleetChanges } from '../actors/cameras/fleet-changes.js';
import { scoreOf } from '../actors/cameras/fleet-member.js';
import type { Snapshots } from '../actors/events/snapshots.js';
import { alertStep } from '../actors/traces/trace-steps.js';
import type { Traces } from '../actors/traces/traces.js';
import type { Writer } from '../actors/events/writer.js';
import { homeHub } from '../channels/home-hub.js';
import { openChannel } from '../channels/open-channel.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import type { Alert } from '../event.js';
import { logSubject, type Logger, type LogSubject } from '../log.js';

export interface ProductAlertingOptions {
  config: Pick<Config, 'alerts'>;
  clock: Clock;
  random: () => number;
  log: Logger;
  writer: Writer;
  traces: Pick<Traces, 'step'>;
  snapshots: Snapshots;
  fleet: () => Fleet;
  changes: () => Pick<FleetChanges, 'pause' | 'resume'>;
  /** Tells those who follow the product itself. */
  deliver: (alert: Alert) => void;
}

export type ProductAlerting = ReturnType<typeof productAlerting>;

export function productAlerting(options: ProductAlertingOptions) {
  const { config, clock, random, log, writer, traces, snapshots, fleet, changes } = options;
  const failed =
    (what: string, about: LogSubject = {}) =>
    (thrown: unknown) => {
      log.warn({ ...about, ...AppError.from(thrown).toRecord() }, what);
    };
  const homes = homeHub(
    {
      onMute: (camera, muted) => {
        alerts.mute(camera, muted ? null : 0).then(showCameras, failed('a camera is not muted', { camera }));
      },
      onEnabled: (camera, enabled) => {
        const change = enabled ? changes().resume(camera, null) : changes().pause(camera, null);
        change.then(showCameras, failed(`a camera is not ${enabled ? 'resumed' : 'paused'}`, { camera }));
      },
    },
    clock,
  );
  const alerts = new Alerts({
    config: config.alerts,
    clock,
    random,
    load: () => writer.alertBook(),
    commit: (change) => writer.commitAlerts(change),
    list: (query) => writer.alerts(query),
    get: (id) => writer.alert(id),
    nameOf: (camera) => fleet().get(camera)?.camera.settings.name ?? camera,
    open: (_name, channel, allowTargets) => openChannel(channel, { allowTargets, clock, random, hub: homes }),
    snapshot: (eventId) => snapshots.read(eventId, 'plain'),
    deliver: (alert) => {
      log.warn({ ...logSubject(alert.events), alert }, 'alert');
      options.deliver(alert);
    },
    onSaveFailure: failed('alerts are not being stored'),
    onDecision: (event, decision) => {
      const { id, camera, severity } = event;
      log.info({ event: id, camera, severity, decision: decision.type }, 'event');
      traces.step(id, alertStep(decision));
    },
    onAttempt: ({ id, channel, alert, attempts }, error) => {
      const details = { message_id: id, channel, ...logSubject(alert.events), attempts };
      if (error === null) log.info(details, 'alert sent');
      else log.warn({ ...details, ...error.toRecord() }, 'alert not sent');
    },
    onGivenUp: ({ id, channel, alert }, { reason, last_error }) => {
      log.error(
        { message_id: id, channel, ...logSubject(alert.events), reason, last_error },
        'alert given up',
      );
    },
  });

  /** Called whenever something of it may have changed. */
  function showCameras(): void {
    homes.cameras(
      fleet().members.map(({ camera }) => ({
        id: camera.id,
        name: camera.settings.name,
        status: camera.connection.state,
        enabled: camera.connection.state !== 'paused',
        alerts: !alerts.muteState(camera.id).muted,
      })),
    );
  }

  return {
    alerts,
    homes,
    showCameras,
    showScores(): void {
      for (const member of fleet().members) {
        const score = scoreOf(member);
        if (score !== null) homes.score(member.camera.id, score);
      }
    },
  };
}
