/* eslint-disable */
/** Made of /openapi.json by `npm run api:types`. */

/** OneOf type helpers */
type Without<T, U> = { [P in Exclude<keyof T, keyof U>]?: never };
type XOR<T, U> = T | U extends object ? (Without<T, U> & U) | (Without<U, T> & T) : T | U;
type OneOf<T extends any[]> = T extends [infer Only]
  ? Only
  : T extends [infer A, infer B, ...infer Rest]
    ? OneOf<[XOR<A, B>, ...Rest]>
    : never;

export interface paths {
  '/api/cameras': {
    /** The cameras that the caller may see */
    get: {
      responses: {
        /** @description All of them */
        200: {
          content: {
            'application/json': {
              cameras: components['schemas']['Camera'][];
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /**
     * Add a camera
     * @description It is in the configuration file, and runs, when the answer comes.
     */
    post: {
      requestBody: {
        content: {
          'application/json': components['schemas']['NewCamera'];
        };
      };
      responses: {
        /** @description The new camera */
        201: {
          headers: {
            /** @description Its address */
            Location?: string;
          };
          content: {
            'application/json': components['schemas']['Camera'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}': {
    /** One camera */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The camera */
        200: {
          content: {
            'application/json': components['schemas']['Camera'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /**
     * Remove a camera
     * @description Its events stay, and so does what it learned: it is used again if the camera comes back.
     */
    delete: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description It is gone */
        204: {
          content: never;
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /**
     * Change a camera
     * @description Only another URL, transport, model or VAD rate has its stream opened anew. A URL sent back as it was shown, without its credentials, stays as it is.
     */
    patch: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['CameraPatch'];
        };
      };
      responses: {
        /** @description The camera as it is now */
        200: {
          content: {
            'application/json': components['schemas']['Camera'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/latest.jpg': {
    /** Its newest picture */
    get: {
      parameters: {
        query?: {
          /** @description pixels at most; out of range, the nearest one allowed */
          width?: string;
        };
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The picture */
        200: {
          content: {
            'image/jpeg': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/test': {
    /**
     * Open a stream for a moment, to see whether it would do as a camera
     * @description At most 10 s, and two at a time.
     */
    post: {
      requestBody: {
        content: {
          'application/json': components['schemas']['StreamToTry'];
        };
      };
      responses: {
        /** @description What it showed, or why it did not */
        200: {
          content: {
            'application/json': components['schemas']['StreamTrial'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/pause': {
    /** Stop watching a camera until it is resumed, also after a restart of the service */
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The camera, paused */
        200: {
          content: {
            'application/json': components['schemas']['Camera'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/resume': {
    /** Go on after a pause */
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The camera, starting */
        200: {
          content: {
            'application/json': components['schemas']['Camera'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/calibration': {
    /** What a camera takes for ordinary, and how sure that is */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description Its calibration */
        200: {
          content: {
            'application/json': components['schemas']['Calibration'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/calibrate': {
    /** Has the camera learn from the coming minutes */
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody?: {
        content: {
          'application/json': {
            /** @description 10 when absent */
            minutes?: number;
          };
        };
      };
      responses: {
        /** @description It learns */
        202: {
          content: {
            'application/json': components['schemas']['CalibrationBegun'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/calibration/revert': {
    /** Goes back to an earlier calibration */
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody: {
        content: {
          'application/json': {
            version: number;
          };
        };
      };
      responses: {
        /** @description The calibration as it is now */
        200: {
          content: {
            'application/json': components['schemas']['Calibration'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/stream': {
    /**
     * What becomes of events, as it happens
     * @description Server-sent events. Each is called `event`; its `data` is `{type: new|update|end, before, after}`, where `before` is null for the first state of an event, and where it is not known any more. Its `id` is a number that grows with every change: a client that comes back with it, as browsers do by themselves, gets what it missed, of each event the latest state only. Every 15 s of silence there is a comment.
     */
    get: {
      parameters: {
        query?: {
          /** @description ids of cameras; several with commas, one of which must hold */
          camera?: string | string[];
          /** @description the same as camera; several with commas, one of which must hold */
          cameras?: string | string[];
          severity?: string | string[];
          /** @description what happened; several with commas, one of which must hold */
          label?: string | string[];
          /** @description the same as label; several with commas, one of which must hold */
          labels?: string | string[];
          /** @description for clients that cannot set the header; which comes first */
          last_event_id?: string;
        };
        header?: {
          'last-event-id'?: string;
        };
      };
      responses: {
        /** @description A stream that ends only with the connection, or with the access of the token */
        200: {
          content: {
            'text/event-stream': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events': {
    /** Events of the cameras that the caller may see, newest first */
    get: {
      parameters: {
        query?: {
          /** @description ids of cameras; several with commas, one of which must hold */
          camera?: string | string[];
          /** @description the same as camera; several with commas, one of which must hold */
          cameras?: string | string[];
          severity?: string | string[];
          /** @description what happened; several with commas, one of which must hold */
          label?: string | string[];
          /** @description the same as label; several with commas, one of which must hold */
          labels?: string | string[];
          verdict?: string | string[];
          state?: string | string[];
          /** @description zones in which it was strongest; several with commas, one of which must hold */
          zone?: string | string[];
          /** @description the same as zone; several with commas, one of which must hold */
          zones?: string | string[];
          /** @description what people said of it */
          feedback?: string | string[];
          kept?: '0' | '1' | 'true' | 'false';
          has_clip?: '0' | '1' | 'true' | 'false';
          /** @description Unix seconds; those that started then or later */
          after?: string;
          /** @description Unix seconds; those that started earlier */
          before?: string;
          min_score?: string;
          /** @description words and "quoted phrases" that must all occur in summary, reasoning, label or camera; case and accents do not matter, and a word may go on to the right */
          q?: string;
          /** @description 1 to 500; 50 when absent */
          limit?: string;
          /** @description next_cursor of the page before */
          cursor?: string;
        };
      };
      responses: {
        /** @description A page */
        200: {
          content: {
            'application/json': components['schemas']['EventPage'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /**
     * Report an event
     * @description It is told and alerted like any other, with the newest picture of its camera if it has just happened.
     */
    post: {
      parameters: {
        header?: {
          /** @description a request that is repeated with it gives the same event; the newest 1,000 are known, for a day */
          'idempotency-key'?: string;
        };
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ManualEvent'];
        };
      };
      responses: {
        /** @description The event, once it is durable */
        201: {
          headers: {
            /** @description where the event is */
            location: string;
          };
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/summary': {
    /** How many events there were, by hour, day, camera, label, severity or verdict */
    get: {
      parameters: {
        query: {
          /** @description ids of cameras; several with commas, one of which must hold */
          camera?: string | string[];
          /** @description the same as camera; several with commas, one of which must hold */
          cameras?: string | string[];
          severity?: string | string[];
          /** @description what happened; several with commas, one of which must hold */
          label?: string | string[];
          /** @description the same as label; several with commas, one of which must hold */
          labels?: string | string[];
          verdict?: string | string[];
          state?: string | string[];
          /** @description zones in which it was strongest; several with commas, one of which must hold */
          zone?: string | string[];
          /** @description the same as zone; several with commas, one of which must hold */
          zones?: string | string[];
          /** @description what people said of it */
          feedback?: string | string[];
          kept?: '0' | '1' | 'true' | 'false';
          has_clip?: '0' | '1' | 'true' | 'false';
          /** @description Unix seconds; those that started then or later */
          after?: string;
          /** @description Unix seconds; those that started earlier */
          before?: string;
          min_score?: string;
          /** @description words and "quoted phrases" that must all occur in summary, reasoning, label or camera; case and accents do not matter, and a word may go on to the right */
          q?: string;
          /** @description what to count by, several with commas: hour, day, camera, label, severity, verdict */
          by: string | string[];
          /** @description time zone in which hours and days begin; the service's own when absent */
          tz?: string;
        };
      };
      responses: {
        /** @description The groups that have events, newest first */
        200: {
          content: {
            'application/json': components['schemas']['EventSummary'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/export.csv': {
    /**
     * Events as CSV (RFC 4180), in the order in which they last changed
     * @description Text that a spreadsheet would take for a formula begins with an apostrophe.
     */
    get: {
      parameters: {
        query?: {
          /** @description ids of cameras; several with commas, one of which must hold */
          camera?: string | string[];
          /** @description the same as camera; several with commas, one of which must hold */
          cameras?: string | string[];
          severity?: string | string[];
          /** @description what happened; several with commas, one of which must hold */
          label?: string | string[];
          /** @description the same as label; several with commas, one of which must hold */
          labels?: string | string[];
          verdict?: string | string[];
          state?: string | string[];
          /** @description zones in which it was strongest; several with commas, one of which must hold */
          zone?: string | string[];
          /** @description the same as zone; several with commas, one of which must hold */
          zones?: string | string[];
          /** @description what people said of it */
          feedback?: string | string[];
          kept?: '0' | '1' | 'true' | 'false';
          has_clip?: '0' | '1' | 'true' | 'false';
          /** @description Unix seconds; those that started then or later */
          after?: string;
          /** @description Unix seconds; those that started earlier */
          before?: string;
          min_score?: string;
          /** @description words and "quoted phrases" that must all occur in summary, reasoning, label or camera; case and accents do not matter, and a word may go on to the right */
          q?: string;
        };
      };
      responses: {
        /** @description The file */
        200: {
          content: {
            'text/csv': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/export.parquet': {
    /** Events as Parquet, in the order in which they last changed */
    get: {
      parameters: {
        query?: {
          /** @description ids of cameras; several with commas, one of which must hold */
          camera?: string | string[];
          /** @description the same as camera; several with commas, one of which must hold */
          cameras?: string | string[];
          severity?: string | string[];
          /** @description what happened; several with commas, one of which must hold */
          label?: string | string[];
          /** @description the same as label; several with commas, one of which must hold */
          labels?: string | string[];
          verdict?: string | string[];
          state?: string | string[];
          /** @description zones in which it was strongest; several with commas, one of which must hold */
          zone?: string | string[];
          /** @description the same as zone; several with commas, one of which must hold */
          zones?: string | string[];
          /** @description what people said of it */
          feedback?: string | string[];
          kept?: '0' | '1' | 'true' | 'false';
          has_clip?: '0' | '1' | 'true' | 'false';
          /** @description Unix seconds; those that started then or later */
          after?: string;
          /** @description Unix seconds; those that started earlier */
          before?: string;
          min_score?: string;
          /** @description words and "quoted phrases" that must all occur in summary, reasoning, label or camera; case and accents do not matter, and a word may go on to the right */
          q?: string;
        };
      };
      responses: {
        /** @description The file */
        200: {
          content: {
            'application/vnd.apache.parquet': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}': {
    /** One event */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event in its latest state */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/snapshot.jpg': {
    /** The picture of its peak */
    get: {
      parameters: {
        query?: {
          /** @description 1: with what was seen marked */
          overlay?: '0' | '1';
          /** @description the moment of the peak: the picture may be cached */
          t?: string | string[];
        };
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The picture */
        200: {
          content: {
            'image/jpeg': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/clip.mp4': {
    /** The clip of an event, as its camera coded it: H.264 or H.265 */
    get: {
      parameters: {
        query?: {
          /** @description 1: to be saved as a file, with a telling name */
          download?: '0' | '1';
        };
        header?: {
          /** @description one range of bytes; of several, the whole */
          range?: string;
        };
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The whole clip */
        200: {
          content: {
            'video/mp4': string;
          };
        };
        /** @description The part that Range asks for */
        206: {
          content: {
            'video/mp4': string;
          };
        };
        /** @description The client has it already */
        304: {
          content: never;
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/feedback': {
    /** Say whether the event was right; its camera learns from a false alarm */
    put: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Feedback'];
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Take back what was said of the event, and what its camera learned from it */
    delete: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/false_positive': {
    /** As the feedback `false_alarm`; the name that Frigate has for it */
    put: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/keep': {
    /** Keep the event, its pictures and its clip, whatever the retention and the budgets say */
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Keep the event no longer than others */
    delete: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/retain': {
    /** As `keep`; the name that Frigate has for it */
    post: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** As `DELETE keep`; the name that Frigate has for it */
    delete: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The event, once that is durable */
        200: {
          content: {
            'application/json': components['schemas']['Event'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/events/{id}/trace': {
    /** How the event was decided on; also while it goes on */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The trace */
        200: {
          content: {
            'application/json': components['schemas']['Trace'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/traces': {
    /** How candidates were decided on, those that became nothing among them; newest first */
    get: {
      parameters: {
        query?: {
          camera?: string;
          outcome?: 'event' | 'nothing';
          limit?: string;
        };
      };
      responses: {
        /** @description All but their scores */
        200: {
          content: {
            'application/json': {
              traces: components['schemas']['TraceSummary'][];
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/traces/{id}': {
    /** How one candidate was decided on, with its scores */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The trace */
        200: {
          content: {
            'application/json': components['schemas']['Trace'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/alerts': {
    /** What people were told, and what they were not told and why; newest first */
    get: {
      parameters: {
        query?: {
          camera?: string;
          severity?: 'low' | 'medium' | 'high' | 'critical';
          kind?: 'immediate' | 'digest' | 'notice' | 'test' | 'suppressed';
          /** @description with `status`: what this channel did */
          channel?: string;
          status?: 'sent' | 'pending' | 'failed' | 'held_back';
          /** @description Unix seconds, inclusive */
          after?: string;
          /** @description Unix seconds, exclusive */
          before?: string;
          limit?: string;
          /** @description `next_cursor` of the page before */
          cursor?: string;
        };
      };
      responses: {
        /** @description One page; of each alert only what is about cameras that the caller may see */
        200: {
          content: {
            'application/json': {
              alerts: components['schemas']['Alert'][];
              next_cursor: string | null;
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/alerts/channels': {
    /** The channels, and how they are doing */
    get: {
      responses: {
        /** @description All of them */
        200: {
          content: {
            'application/json': {
              channels: components['schemas']['AlertChannel'][];
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/alerts/{id}': {
    /** One alert */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description What is about cameras that the caller may see */
        200: {
          content: {
            'application/json': components['schemas']['Alert'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/alerts/channels/{name}/test': {
    /** Sends a test message now, past rules, quiet hours and queue */
    post: {
      parameters: {
        path: {
          name: string;
        };
      };
      responses: {
        /** @description The receiver took it */
        200: {
          content: {
            'application/json': {
              /** @enum {boolean} */
              sent: true;
              took_ms: number;
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/alerts/channels/{name}/snooze': {
    /** Tells a channel nothing for a while */
    put: {
      parameters: {
        path: {
          name: string;
        };
      };
      requestBody: {
        content: {
          'application/json': {
            /** @description from now; 0 ends it */
            minutes: number;
          };
        };
      };
      responses: {
        /** @description The channel */
        200: {
          content: {
            'application/json': components['schemas']['AlertChannel'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/alerts/channels/{name}/enable': {
    /** Sends again over a channel whose receiver was gone */
    post: {
      parameters: {
        path: {
          name: string;
        };
      };
      responses: {
        /** @description The channel */
        200: {
          content: {
            'application/json': components['schemas']['AlertChannel'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/cameras/{id}/mute': {
    /** Whether alerts of the camera are told */
    get: {
      parameters: {
        path: {
          id: string;
        };
      };
      responses: {
        /** @description The mute */
        200: {
          content: {
            'application/json': components['schemas']['CameraMute'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Tells no channel of the camera for a while; its events are stored all the same */
    put: {
      parameters: {
        path: {
          id: string;
        };
      };
      requestBody: {
        content: {
          'application/json': {
            /** @description from now; 0 ends it, null lasts until it is ended */
            minutes: number | null;
          };
        };
      };
      responses: {
        /** @description The mute */
        200: {
          content: {
            'application/json': components['schemas']['CameraMute'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/config': {
    /** The configuration that is in force */
    get: {
      responses: {
        /** @description With its defaults, without its secrets */
        200: {
          content: {
            'application/json': components['schemas']['Configuration'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /**
     * Changes the configuration
     * @description A JSON merge patch (RFC 7396): null removes a setting, so that its default holds. What is sent back as it was shown is no change, and *** keeps the secret. Answered once the file is written and the change applied. `config.invalid` names the first wrong setting, `config.read_only` one that is not changed here.
     */
    patch: {
      requestBody: {
        content: {
          'application/json': components['schemas']['ConfigurationPatch'];
        };
      };
      responses: {
        /** @description The configuration as it is now */
        200: {
          content: {
            'application/json': components['schemas']['Configuration'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/config/schema.json': {
    /**
     * The JSON Schema of the configuration
     * @description By a first line `# yaml-language-server: $schema=URL` editors complete and check the file.
     */
    get: {
      responses: {
        /** @description Draft 7 */
        200: {
          content: {
            'application/json': components['schemas']['JsonSchema'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/me': {
    /** Who the token stands for, and what that may do */
    get: {
      responses: {
        /** @description The caller */
        200: {
          content: {
            'application/json': components['schemas']['Caller'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/live-tickets': {
    /** A ticket for the WebSocket, for browsers, which cannot show a token there */
    post: {
      responses: {
        /** @description The ticket */
        201: {
          content: {
            'application/json': components['schemas']['LiveTicket'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/audit': {
    /** Who changed what, and who was not let; newest first */
    get: {
      parameters: {
        query?: {
          limit?: string;
          /** @description id of an entry: only older ones */
          before?: string;
        };
      };
      responses: {
        /** @description A page */
        200: {
          content: {
            'application/json': {
              entries: components['schemas']['AuditEntry'][];
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/{camera}/latest.jpg': {
    /** As `/api/cameras/{id}/latest.jpg`; the address that Frigate has for it */
    get: {
      parameters: {
        query?: {
          /** @description pixels at most; out of range, the nearest one allowed */
          width?: string;
        };
        path: {
          camera: string;
        };
      };
      responses: {
        /** @description The picture */
        200: {
          content: {
            'image/jpeg': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/livez': {
    /** Whether the process answers */
    get: {
      responses: {
        /** @description It does */
        200: {
          content: {
            'application/json': {
              /** @enum {string} */
              status: 'ok';
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/readyz': {
    /** Whether cameras are scored and events stored */
    get: {
      responses: {
        /** @description They are */
        200: {
          content: {
            'application/json': {
              /** @enum {string} */
              status: 'ready' | 'not ready';
              /** @description why not, and what is not done though it is ready; only for who may be told as an operator */
              reasons?: string[];
            };
          };
        };
        /** @description They are not */
        503: {
          content: {
            'application/json': {
              /** @enum {string} */
              status: 'ready' | 'not ready';
              /** @description why not, and what is not done though it is ready; only for who may be told as an operator */
              reasons?: string[];
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/version': {
    /** The version that runs */
    get: {
      responses: {
        /** @description The version */
        200: {
          content: {
            'application/json': {
              version: string;
            };
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/api/stats': {
    /** What the process is at: threads, queues, models, store and cameras */
    get: {
      responses: {
        /** @description Counters since the start */
        200: {
          content: {
            'application/json': components['schemas']['Stats'];
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
  '/metrics': {
    /** The same for Prometheus */
    get: {
      responses: {
        /** @description Prometheus text format */
        200: {
          content: {
            'text/plain': string;
          };
        };
        /** @description Any error, as problem details (RFC 9457); `code` is stable */
        default: {
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
  };
}

export type webhooks = Record<string, never>;

export interface components {
  schemas: {
    Camera: {
      id: string;
      name: string;
      /** @enum {string} */
      state: 'connecting' | 'streaming' | 'stalled' | 'backing_off' | 'quarantined' | 'paused' | 'stopped';
      /** @description frames per second that reach anomaly detection */
      fps: number;
      /** @description newest anomaly score; null before the first, and while the picture cannot be scored */
      score: number | null;
      /** @description score from which a frame counts as anomalous; null until the camera is calibrated */
      threshold: number | null;
      /** @description how many watch, and the size and rate at which it is encoded for them */
      live: {
        watchers: number;
        width: number;
        height: number;
        fps: number;
      };
      /** @description why there is no stream, how far the camera has learned, or what its picture is worth */
      health: string;
      last_error: {
        code: string;
        message: string;
      } | null;
      /** @description without credentials */
      url: string;
      /** @enum {string} */
      transport: 'tcp' | 'udp';
      /** @enum {string} */
      model: 'mnad' | 'mulde' | 'fused';
      /** @description none: the whole picture is watched */
      zones: {
        [key: string]: {
          points: [number, number][];
        };
      };
      masks: {
        points: [number, number][];
      }[];
      /** @description none: always */
      schedule: {
        /**
         * @default [
         *   "sun",
         *   "mon",
         *   "tue",
         *   "wed",
         *   "thu",
         *   "fri",
         *   "sat"
         * ]
         */
        days?: ('sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat')[];
        from: string;
        /** @description exclusive; no later than `from`: on the next day */
        to: string;
      }[];
      paused: boolean;
      /** @description false while it is paused or outside of its hours: no anomaly is an event */
      watching: boolean;
      /**
       * @description of its calibration; null until it has one
       * @enum {string|null}
       */
      certainty: 'provisional' | 'fair' | 'good' | null;
      /** @description no channel is told of it */
      muted: boolean;
      /** @description Unix seconds; null when nothing but a request ends it */
      muted_until: number | null;
      /** @description false for cameras of the command line and of the demo */
      editable: boolean;
      /** @description where it is set: `the configuration file`, `--camera`, `the built-in demo` */
      origin: string;
    };
    Problem: {
      /** @enum {string} */
      type: 'about:blank';
      title: string;
      status: number;
      detail: string;
      /** @enum {string} */
      code:
        | 'config.invalid'
        | 'config.read_only'
        | 'config.write_failed'
        | 'config.apply_failed'
        | 'request.invalid'
        | 'request.forbidden'
        | 'request.not_found'
        | 'request.too_large'
        | 'request.not_json'
        | 'request.unauthorized'
        | 'request.method_not_allowed'
        | 'request.rate_limited'
        | 'request.key_reused'
        | 'model.missing'
        | 'model.hash_mismatch'
        | 'model.shape_mismatch'
        | 'model.damaged'
        | 'model.over_budget'
        | 'model.load_failed'
        | 'model.download_failed'
        | 'vlm.not_loaded'
        | 'vlm.failed'
        | 'vlm.deadline'
        | 'vlm.bad_output'
        | 'agent.failed'
        | 'agent.deadline'
        | 'agent.overloaded'
        | 'agent.bad_output'
        | 'trace.not_found'
        | 'camera.not_found'
        | 'camera.url_refused'
        | 'camera.exists'
        | 'calibration.under_way'
        | 'calibration.version_not_found'
        | 'calibration.failed'
        | 'calibration.damaged'
        | 'event.not_found'
        | 'alert.not_found'
        | 'alert.channel_not_found'
        | 'alert.channel_off'
        | 'alert.delivery_failed'
        | 'alert.channel_gone'
        | 'snapshot.not_found'
        | 'clip.not_found'
        | 'clip.range_invalid'
        | 'clip.unsupported'
        | 'clip.too_many'
        | 'clip.no_space'
        | 'clip.write_failed'
        | 'camera.open_failed'
        | 'camera.unauthorized'
        | 'camera.stalled'
        | 'camera.stream_ended'
        | 'camera.not_streaming'
        | 'camera.frame_rejected'
        | 'camera.decoder_missing'
        | 'gpu.lost'
        | 'gpu.deadline'
        | 'gpu.overloaded'
        | 'gpu.inference_failed'
        | 'store.locked'
        | 'store.open_failed'
        | 'store.write_failed'
        | 'store.overloaded'
        | 'store.deadline'
        | 'thread.lost'
        | 'thread.deadline'
        | 'listen.failed'
        | 'overload.refused'
        | 'bench.missing'
        | 'service.failed'
        | 'service.stopping'
        | 'bug';
      /** @description what in the body is wrong, as `url` or `zones.door.points` */
      field?: string;
    };
    /** @description A camera as the configuration would have it, with its id */
    NewCamera: {
      /** @description rtsp://, rtsps://, or a file inside media_dir */
      url: string;
      name?: string;
      /**
       * @description of RTSP
       * @default tcp
       * @enum {string}
       */
      transport?: 'tcp' | 'udp';
      /** @default {} */
      vad?: {
        /**
         * @description mnad: prediction, mulde: density of motion, fused: both
         * @enum {string}
         */
        model?: 'mnad' | 'mulde' | 'fused';
        /** @description frames a second that the VAD sees; the model was trained at 5 */
        fps?: number;
        /** @description anomaly score that begins an event; auto is 0.5, where the budget of false alarms is spent */
        threshold?: 'auto' | number;
        /** @description false alarms a day that a camera may make; its calibration sets the threshold by it */
        alarms_per_day?: number;
        /** @description seconds in which a camera only learns what is usual, and says nothing */
        warmup_s?: number;
      };
      /** @default {} */
      live?: {
        /** @description frames a second */
        fps?: number;
        /** @description pixels; never above the stream */
        width?: number;
        /** @description JPEG quality */
        quality?: number;
      };
      /** @description only anomalies inside of one count; none: the whole picture is watched */
      zones?: {
        [key: string]: {
          points: [number, number][];
        };
      };
      /** @description what happens inside never counts */
      masks?: {
        points: [number, number][];
      }[];
      /** @description hours in which anomalies are events, local time; always, when absent */
      schedule?: {
        /**
         * @default [
         *   "sun",
         *   "mon",
         *   "tue",
         *   "wed",
         *   "thu",
         *   "fri",
         *   "sat"
         * ]
         */
        days?: ('sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat')[];
        from: string;
        /** @description exclusive; no later than `from`: on the next day */
        to: string;
      }[];
      id: string;
    };
    StreamTrial: OneOf<
      [
        {
          /** @enum {boolean} */
          ok: true;
          codec: string;
          width: number;
          height: number;
          /** @description nominal; 0 when the stream does not tell */
          fps: number;
          /** @description its first picture, a data URL of a JPEG 640 pixels wide at most */
          snapshot: string;
        },
        {
          /** @enum {boolean} */
          ok: false;
          code: string;
          message: string;
        },
      ]
    >;
    StreamToTry: {
      /** @description rtsp://, rtsps://, or a file inside media_dir */
      url: string;
      /**
       * @description of RTSP
       * @default tcp
       * @enum {string}
       */
      transport?: 'tcp' | 'udp';
    };
    /** @description A JSON merge patch (RFC 7396): what is not named stays, null removes a setting */
    CameraPatch: {
      /** @description rtsp://, rtsps://, or a file inside media_dir */
      url?: string;
      name?: string | null;
      /** @enum {string|null} */
      transport?: 'tcp' | 'udp' | null;
      vad?: {
        /**
         * @description mnad: prediction, mulde: density of motion, fused: both
         * @enum {string|null}
         */
        model?: 'mnad' | 'mulde' | 'fused' | null;
        /** @description frames a second that the VAD sees; the model was trained at 5 */
        fps?: number | null;
        /** @description anomaly score that begins an event; auto is 0.5, where the budget of false alarms is spent */
        threshold?: 'auto' | number | null;
        /** @description false alarms a day that a camera may make; its calibration sets the threshold by it */
        alarms_per_day?: number | null;
        /** @description seconds in which a camera only learns what is usual, and says nothing */
        warmup_s?: number | null;
      } | null;
      live?: {
        /** @description frames a second */
        fps?: number | null;
        /** @description pixels; never above the stream */
        width?: number | null;
        /** @description JPEG quality */
        quality?: number | null;
      } | null;
      zones?: {
        [key: string]: {
          points: [number, number][];
        } | null;
      } | null;
      /** @description what happens inside never counts */
      masks?:
        | {
            points: [number, number][];
          }[]
        | null;
      /** @description hours in which anomalies are events, local time; always, when absent */
      schedule?:
        | {
            /**
             * @default [
             *   "sun",
             *   "mon",
             *   "tue",
             *   "wed",
             *   "thu",
             *   "fri",
             *   "sat"
             * ]
             */
            days?: ('sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat')[];
            from: string;
            /** @description exclusive; no later than `from`: on the next day */
            to: string;
          }[]
        | null;
    };
    Calibration: {
      camera: string;
      /** @enum {string} */
      model: 'mnad' | 'mulde' | 'fused';
      learning: {
        /** @description of ordinary footage seen for the next fit */
        seconds: number;
        /** @description seconds at which it is fitted */
        fit_at_s: number;
        /** @description all that is seen is learned as ordinary */
        requested: boolean;
        /** @description a fit is under way */
        fitting: boolean;
      };
      /** @description null while a new camera learns */
      current: {
        /** @description counts up from 1 for each camera */
        version: number;
        /** @description Unix seconds */
        fitted_at: number;
        /** @enum {string} */
        reason: 'start' | 'on request' | 'drift' | 'feedback' | 'reverted';
        /** @enum {string} */
        model: 'mnad' | 'mulde' | 'fused';
        /** @description of footage that it was fitted to */
        seconds: number;
        frames: number;
        /** @description energy at which an event begins, and bounds that hold with 80% confidence */
        threshold: {
          level: number;
          low: number;
          high: number;
        };
        /** @description false alarms to expect: the budget, and bounds that hold with 80% confidence */
        alarms_per_day: {
          level: number;
          low: number;
          high: number;
        };
        /** @enum {string} */
        certainty: 'provisional' | 'fair' | 'good';
        /** @description patterns that people called false alarms */
        forgiven: number;
      } | null;
      /** @description newest first */
      versions: {
        /** @description counts up from 1 for each camera */
        version: number;
        /** @description Unix seconds */
        fitted_at: number;
        /** @enum {string} */
        reason: 'start' | 'on request' | 'drift' | 'feedback' | 'reverted';
        /** @enum {string} */
        model: 'mnad' | 'mulde' | 'fused';
        /** @description of footage that it was fitted to */
        seconds: number;
        frames: number;
        /** @description energy at which an event begins, and bounds that hold with 80% confidence */
        threshold: {
          level: number;
          low: number;
          high: number;
        };
        /** @description false alarms to expect: the budget, and bounds that hold with 80% confidence */
        alarms_per_day: {
          level: number;
          low: number;
          high: number;
        };
        /** @enum {string} */
        certainty: 'provisional' | 'fair' | 'good';
        /** @description patterns that people called false alarms */
        forgiven: number;
      }[];
      /** @description why the newest fit did not succeed */
      last_failure: {
        code: string;
        message: string;
      } | null;
    };
    CalibrationBegun: {
      camera: string;
      /** @enum {string} */
      model: 'mnad' | 'mulde' | 'fused';
      learning: {
        /** @description of ordinary footage seen for the next fit */
        seconds: number;
        /** @description seconds at which it is fitted */
        fit_at_s: number;
        /** @description all that is seen is learned as ordinary */
        requested: boolean;
        /** @description a fit is under way */
        fitting: boolean;
      };
      /** @description null while a new camera learns */
      current: {
        /** @description counts up from 1 for each camera */
        version: number;
        /** @description Unix seconds */
        fitted_at: number;
        /** @enum {string} */
        reason: 'start' | 'on request' | 'drift' | 'feedback' | 'reverted';
        /** @enum {string} */
        model: 'mnad' | 'mulde' | 'fused';
        /** @description of footage that it was fitted to */
        seconds: number;
        frames: number;
        /** @description energy at which an event begins, and bounds that hold with 80% confidence */
        threshold: {
          level: number;
          low: number;
          high: number;
        };
        /** @description false alarms to expect: the budget, and bounds that hold with 80% confidence */
        alarms_per_day: {
          level: number;
          low: number;
          high: number;
        };
        /** @enum {string} */
        certainty: 'provisional' | 'fair' | 'good';
        /** @description patterns that people called false alarms */
        forgiven: number;
      } | null;
      /** @description newest first */
      versions: {
        /** @description counts up from 1 for each camera */
        version: number;
        /** @description Unix seconds */
        fitted_at: number;
        /** @enum {string} */
        reason: 'start' | 'on request' | 'drift' | 'feedback' | 'reverted';
        /** @enum {string} */
        model: 'mnad' | 'mulde' | 'fused';
        /** @description of footage that it was fitted to */
        seconds: number;
        frames: number;
        /** @description energy at which an event begins, and bounds that hold with 80% confidence */
        threshold: {
          level: number;
          low: number;
          high: number;
        };
        /** @description false alarms to expect: the budget, and bounds that hold with 80% confidence */
        alarms_per_day: {
          level: number;
          low: number;
          high: number;
        };
        /** @enum {string} */
        certainty: 'provisional' | 'fair' | 'good';
        /** @description patterns that people called false alarms */
        forgiven: number;
      }[];
      /** @description why the newest fit did not succeed */
      last_failure: {
        code: string;
        message: string;
      } | null;
      note: string;
    };
    Event: {
      /**
       * Format: uuid
       * @description sortable by start, unique
       */
      id: string;
      camera: string;
      /** @description what happened; "anomaly" until a verdict names it */
      label: string;
      /** @enum {string} */
      severity: 'low' | 'medium' | 'high' | 'critical';
      /** @enum {string} */
      state: 'new' | 'ended';
      start_time: number;
      end_time: number | null;
      top_score: number;
      threshold: number;
      /** @enum {string} */
      verdict: 'unverified' | 'confirmed' | 'rejected' | 'verification-failed';
      summary: string;
      reasoning: string;
      actions: string[];
      has_snapshot: boolean;
      has_clip: boolean;
      /**
       * @description somebody asked to keep it: neither it nor its media are removed
       * @default false
       */
      kept?: boolean;
      models: {
        name: string;
        sha256: string;
      }[];
      data: {
        [key: string]: string | number | boolean | number[] | string[];
      };
    };
    ManualEvent: {
      camera: string;
      /** @description what happened */
      label: string;
      /**
       * @default medium
       * @enum {string}
       */
      severity?: 'low' | 'medium' | 'high' | 'critical';
      /** @description Unix seconds; now, if left out */
      start_time?: number;
      /** @description Unix seconds; the start, if left out */
      end_time?: number;
      summary?: string;
      /**
       * @description anything to be stored with it, but for source, created_by, peak_time, last_seen, closed_by, clip_codec, clip_seconds, pattern, feedback, feedback_note
       * @default {}
       */
      data?: {
        [key: string]: string | number | boolean | number[] | string[];
      };
    };
    EventSummary: {
      groups: components['schemas']['EventGroup'][];
      time_zone: string;
      /** @description there are more groups: ask for less at once */
      truncated: boolean;
    };
    EventGroup: {
      /** @description Unix seconds at which it begins */
      hour?: number;
      /** @description Unix seconds at which it begins */
      day?: number;
      camera?: string;
      label?: string;
      /** @enum {string} */
      severity?: 'low' | 'medium' | 'high' | 'critical';
      /** @enum {string} */
      verdict?: 'unverified' | 'confirmed' | 'rejected' | 'verification-failed';
      count: number;
      /** @description the highest of all */
      top_score: number;
    };
    EventPage: {
      events: components['schemas']['Event'][];
      /** @description null on the last page */
      next_cursor: string | null;
    };
    Feedback: {
      /** @enum {string} */
      verdict: 'right' | 'false_alarm';
      note?: string;
    };
    Trace: {
      /**
       * Format: uuid
       * @description that of the event, if it became one; sortable by start
       */
      id: string;
      camera: string;
      /** @enum {string} */
      outcome: 'event' | 'nothing';
      /**
       * @description became nothing: the score fell again at once, or the picture could not be judged any more
       * @enum {string|null}
       */
      why: 'too_short' | 'interrupted' | null;
      /**
       * @description cut short: the process stopped, or too many were open
       * @enum {string}
       */
      state: 'open' | 'complete' | 'cut_short';
      /** @description Unix seconds, of the first score that reached the threshold */
      start_time: number;
      threshold: number;
      scores: {
        t: number[];
        s: number[];
      };
      steps: (
        | {
            /** @enum {string} */
            type: 'opened';
            t: number;
            score: number;
          }
        | {
            /** @enum {string} */
            type: 'peaked';
            t: number;
            score: number;
          }
        | {
            /** @enum {string} */
            type: 'ended';
            t: number;
          }
        | {
            /** @enum {string} */
            type: 'queued';
            t: number;
            /** @description this one among them */
            waiting: number;
          }
        | {
            /** @enum {string} */
            type: 'clip';
            t: number;
            pictures: number;
            /** @description of each picture, or tile of one: before the frame that is looked at */
            seconds_before: number[];
          }
        | {
            /** @enum {string} */
            type: 'late';
            t: number;
          }
        | {
            /** @enum {string} */
            type: 'asked';
            t: number;
            model: {
              name: string;
              sha256: string;
            };
            /** @description its version */
            prompt: string;
            /** @description in the queue of candidates */
            waited_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'answered';
            t: number;
            /** @enum {string} */
            verdict: 'confirmed' | 'rejected';
            label: string;
            confidence: number;
            raw_output: string;
            tokens: number;
            /** @description for its turn on the device */
            waited_ms: number;
            /** @description milliseconds */
            run_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'failed';
            t: number;
            reason: string;
            raw_output: string | null;
            /** @description milliseconds */
            run_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'unverified';
            t: number;
            reason: string;
            /** @description what was wrong; for a merged one the id that stands for both */
            detail: string | null;
          }
        | {
            /** @enum {string} */
            type: 'decided';
            t: number;
            /** @enum {string} */
            by: 'agent' | 'policy';
            /** @description why the policy decided though there is a model */
            fallback: string | null;
            rule: string;
            /** @description what the model wanted and was not let do */
            overruled: string[];
            label: string;
            /** @enum {string} */
            severity: 'low' | 'medium' | 'high' | 'critical';
            actions: string[];
            reasoning: string;
            /** @description stages of the agent, in order */
            visited: {
              node: string;
              /** @description milliseconds */
              ms: number;
            }[];
            model: {
              name: string;
              sha256: string;
            } | null;
            raw_output: string | null;
            /** @description milliseconds */
            model_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'alert';
            t: number;
            /** @enum {string} */
            outcome: 'immediate' | 'digested' | 'suppressed';
            why: string | null;
          }
      )[];
    };
    TraceSummary: {
      /**
       * Format: uuid
       * @description that of the event, if it became one; sortable by start
       */
      id: string;
      camera: string;
      /** @enum {string} */
      outcome: 'event' | 'nothing';
      /**
       * @description became nothing: the score fell again at once, or the picture could not be judged any more
       * @enum {string|null}
       */
      why: 'too_short' | 'interrupted' | null;
      /**
       * @description cut short: the process stopped, or too many were open
       * @enum {string}
       */
      state: 'open' | 'complete' | 'cut_short';
      /** @description Unix seconds, of the first score that reached the threshold */
      start_time: number;
      threshold: number;
      steps: (
        | {
            /** @enum {string} */
            type: 'opened';
            t: number;
            score: number;
          }
        | {
            /** @enum {string} */
            type: 'peaked';
            t: number;
            score: number;
          }
        | {
            /** @enum {string} */
            type: 'ended';
            t: number;
          }
        | {
            /** @enum {string} */
            type: 'queued';
            t: number;
            /** @description this one among them */
            waiting: number;
          }
        | {
            /** @enum {string} */
            type: 'clip';
            t: number;
            pictures: number;
            /** @description of each picture, or tile of one: before the frame that is looked at */
            seconds_before: number[];
          }
        | {
            /** @enum {string} */
            type: 'late';
            t: number;
          }
        | {
            /** @enum {string} */
            type: 'asked';
            t: number;
            model: {
              name: string;
              sha256: string;
            };
            /** @description its version */
            prompt: string;
            /** @description in the queue of candidates */
            waited_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'answered';
            t: number;
            /** @enum {string} */
            verdict: 'confirmed' | 'rejected';
            label: string;
            confidence: number;
            raw_output: string;
            tokens: number;
            /** @description for its turn on the device */
            waited_ms: number;
            /** @description milliseconds */
            run_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'failed';
            t: number;
            reason: string;
            raw_output: string | null;
            /** @description milliseconds */
            run_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'unverified';
            t: number;
            reason: string;
            /** @description what was wrong; for a merged one the id that stands for both */
            detail: string | null;
          }
        | {
            /** @enum {string} */
            type: 'decided';
            t: number;
            /** @enum {string} */
            by: 'agent' | 'policy';
            /** @description why the policy decided though there is a model */
            fallback: string | null;
            rule: string;
            /** @description what the model wanted and was not let do */
            overruled: string[];
            label: string;
            /** @enum {string} */
            severity: 'low' | 'medium' | 'high' | 'critical';
            actions: string[];
            reasoning: string;
            /** @description stages of the agent, in order */
            visited: {
              node: string;
              /** @description milliseconds */
              ms: number;
            }[];
            model: {
              name: string;
              sha256: string;
            } | null;
            raw_output: string | null;
            /** @description milliseconds */
            model_ms: number;
          }
        | {
            /** @enum {string} */
            type: 'alert';
            t: number;
            /** @enum {string} */
            outcome: 'immediate' | 'digested' | 'suppressed';
            why: string | null;
          }
      )[];
    };
    Alert: {
      id: string;
      /**
       * @description suppressed: an event that nobody was told of
       * @enum {string}
       */
      kind: 'immediate' | 'digest' | 'notice' | 'test' | 'suppressed';
      /** @enum {string} */
      severity: 'low' | 'medium' | 'high' | 'critical';
      /** @description Unix seconds */
      time: number;
      /** @description oldest first, 100 at most */
      events: {
        id: string;
        camera: string;
        /** @description what happened; "anomaly" until a verdict names it */
        label: string;
        /** @enum {string} */
        severity: 'low' | 'medium' | 'high' | 'critical';
        top_score: number;
        start_time: number;
        summary: string;
        /** @enum {string} */
        verdict: 'unverified' | 'confirmed' | 'rejected' | 'verification-failed';
        has_snapshot: boolean;
        camera_name: string;
        /** @description names of those in which it was strongest */
        zones: string[];
      }[];
      /** @description of the events, also of those that are not listed */
      count: number;
      /** @description of the events, by camera and label */
      counts: {
        camera: string;
        label: string;
        count: number;
      }[];
      /** @description what a notice or a test says; null where the events speak */
      text: string | null;
      /**
       * @description of a suppressed one
       * @enum {string|null}
       */
      reason: 'duplicate' | 'rule' | null;
      /** @description one a channel */
      deliveries: components['schemas']['AlertDelivery'][];
    };
    AlertDelivery: {
      channel: string;
      /** @enum {string} */
      status: 'sent' | 'pending' | 'failed' | 'held_back';
      /**
       * @description of one that is held back or failed; gave_way: too many waited; gone: the receiver said so
       * @enum {string|null}
       */
      reason:
        | 'rule'
        | 'disabled'
        | 'snoozed'
        | 'muted'
        | 'quiet_hours'
        | 'hourly_cap'
        | 'expired'
        | 'gave_way'
        | 'gone'
        | 'removed'
        | null;
      attempts: number;
      last_error: string | null;
      /** @description Unix seconds */
      sent_time: number | null;
    };
    AlertChannel: {
      name: string;
      /** @enum {string} */
      type: 'webhook' | 'ntfy' | 'email' | 'mqtt';
      /**
       * @description failing: the newest attempt; disabled: its receiver is gone; off: by the configuration
       * @enum {string}
       */
      state: 'ready' | 'failing' | 'disabled' | 'off';
      disabled_reason: string | null;
      /** @description Unix seconds; null when it is not snoozed */
      snoozed_until: number | null;
      /** @description of the newest attempt */
      last_error: string | null;
      waiting: number;
      /** @description since the service started, as all of these */
      sent: number;
      /** @description given up */
      failed: number;
      retried: number;
      /** @description gave way to newer ones */
      dropped: number;
      /** @description states of events that an MQTT broker was away for too long to be told of */
      events_dropped: number;
      /** @description by reason */
      held_back: {
        rule?: number;
        disabled?: number;
        snoozed?: number;
        muted?: number;
        quiet_hours?: number;
        hourly_cap?: number;
        expired?: number;
        gave_way?: number;
        gone?: number;
        removed?: number;
      };
    };
    CameraMute: {
      muted: boolean;
      /** @description Unix seconds; null when nothing but a request ends it */
      muted_until: number | null;
    };
    Configuration: {
      /** @description all settings, as /api/config/schema.json describes them; *** in place of secrets */
      config: {
        [key: string]: unknown;
      };
      /** @description where changes are written */
      file: string;
      /** @description settings that a variable or an option decides, whatever the file says */
      overridden: {
        setting: string;
        origin: string;
      }[];
      /** @description settings that were changed since the start and take effect with the next one */
      restart_required: string[];
      /** @description what is wrong with the file, while an older configuration is in force */
      reload_error: string | null;
    };
    /**
     * @example {
     *   "alerts": {
     *     "dedup_s": 30
     *   }
     * }
     */
    ConfigurationPatch: {
      [key: string]: unknown;
    };
    /** @description A JSON Schema */
    JsonSchema: {
      [key: string]: unknown;
    };
    Caller: {
      /** @description of the token; local or anonymous without one */
      name: string;
      /** @enum {string} */
      role: 'viewer' | 'operator' | 'admin';
      /** @description those that it may see; null for all */
      cameras: string[] | null;
    };
    LiveTicket: {
      /** @description for /ws?ticket=, once, within 30 s */
      ticket: string;
    };
    AuditEntry: {
      /** @description sorts by time */
      id: string;
      /** @description Unix seconds */
      time: number;
      /** @description name of the token; null for one who was not let in */
      caller: string | null;
      /** @description IP address that asked; null where nobody asked over the network */
      address: string | null;
      /** @description method and route, such as DELETE /api/cameras/{id}, or what was done otherwise */
      action: string;
      /** @description what it was done to: an id or a name */
      target: string | null;
      /** @description of the answer; null where there is no HTTP */
      status: number | null;
      /** @description x-request-id of the answer */
      request_id: string | null;
    };
    Stats: {
      /** @description cameras are scored and events stored */
      ready: boolean;
      /** @description why it is not ready */
      failures: string[];
      /** @description what is not done though it is ready */
      warnings: string[];
      uptime_s: number;
      rss_mb: number;
      overload: {
        /** @enum {string} */
        state: 'normal' | 'live_reduced' | 'vad_reduced' | 'vlm_reduced';
        because: string[];
      };
      /** @description what models may take, and what those that are loaded do */
      resources: {
        budgetMb: number;
        declaredMb: number;
        models: {
          name: string;
          declaredMb: number;
          state: string;
        }[];
      };
      /** @description how the store keeps up */
      store: {
        /** @description event states that are not durable yet */
        waiting: number;
        /** @description of the journal; absent while the store does not answer */
        lastSeq?: number;
        /** @description of the journal, up to which DuckDB has it */
        projectedSeq?: number;
      };
      [key: string]: unknown;
    };
  };
  responses: never;
  parameters: {};
  requestBodies: never;
  headers: never;
  pathItems: never;
}

export type $defs = Record<string, never>;

export type external = Record<string, never>;

export type operations = Record<string, never>;
