import type { PresetName, Role } from './options.js';

/**
 * The shapes in which programs export their events, from their public documentation (docs/own-data.md says which). Of several
 * columns, the first counts that is filled in a row. People are known by the caller's own ids as far as an export has them.
 */
export type Preset = { readonly [role in Role]: readonly string[] } & {
  readonly program: string;
  /** Columns that tell such an export, if it has all of a list; none if it is read as well without the preset. */
  readonly signs?: readonly (readonly string[])[];
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
    program: 'Segment',
    signs: [
      ['anonymousId', 'messageId', 'type'],
      ['anonymous_id', 'event_text'],
    ],
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
  posthog: { program: 'PostHog', user: ['distinct_id'], time: ['timestamp'], event: ['event'] },
  /** The raw event export. */
  mixpanel: {
    program: 'Mixpanel',
    user: ['properties.distinct_id', 'distinct_id'],
    time: ['properties.time', 'time'],
    event: ['event'],
  },
  /** The Export API, whose times are UTC without saying so. */
  amplitude: {
    program: 'Amplitude',
    signs: [['amplitude_id', 'event_type']],
    user: ['user_id', 'amplitude_id'],
    time: ['event_time'],
    event: ['event_type'],
    isUtc: true,
  },
};

/** Which preset the names of columns speak for, as a sentence. */
export function presetNotes(names: readonly string[]): string[] {
  for (const [preset, { program, signs = [] }] of Object.entries(PRESETS)) {
    if (!signs.some((list) => list.every((name) => names.includes(name)))) continue;
    return [`this looks like an export of ${program}, which preset ${preset} reads`];
  }
  return [];
}
