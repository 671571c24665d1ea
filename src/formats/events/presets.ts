import type { PresetName, Role } from './options.js';

/**
 * The shapes in which programs export their events, from their public documentation (docs/own-data.md says which). Of several
 * columns, the first counts that is filled in a row. People are known by the caller's own ids as far as an export has them.
 */
export type Preset = { readonly [role in Role]: readonly string[] } & {
  /** Times without an offset are UTC; otherwise they are those of the caller's zone. */
  readonly isUtc?: boolean;
  /** Rows that are no events: those with one of these values in this column, unless the file has another column. */
  readonly others?: {
    readonly column: string;
    readonly values: readonly string[];
    readonly unless: string;
  };
};

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  /** Raw calls as they are archived (camelCase), and the tables of warehouses (snake_case, which know events as `event_text`). */
  segment: {
    user: ['userId', 'user_id', 'anonymousId', 'anonymous_id'],
    time: ['timestamp'],
    event: ['event_text', 'event'],
    others: {
      column: 'type',
      values: ['identify', 'page', 'screen', 'group', 'alias'],
      unless: 'event_text',
    },
  },
  /** Events of batch exports and file downloads. */
  posthog: { user: ['distinct_id'], time: ['timestamp'], event: ['event'] },
  /** The raw event export. */
  mixpanel: {
    user: ['properties.distinct_id', 'distinct_id'],
    time: ['properties.time', 'time'],
    event: ['event'],
  },
  /** The Export API, whose times are UTC without saying so. */
  amplitude: { user: ['user_id', 'amplitude_id'], time: ['event_time'], event: ['event_type'], isUtc: true },
};
