import type { Columns, Role } from '../csv.js';
import { UsageError } from './failure.js';

/** The columns of one `--columns`, added to those before it. */
export function collectColumns(text: string, previous: Columns | undefined): Columns {
  const columns: { [role in Role]?: string | undefined } = { ...previous };
  for (const part of text.split(PARTS)) {
    const [, role, name] = /^\s*(\w+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (!isRole(role) || !name) throw refuse(text);
    if (columns[role] !== undefined) {
      throw new UsageError(`expected one column for ${role} in --columns, got ${JSON.stringify(text)}`);
    }
    columns[role] = name;
  }
  return columns;
}

function isRole(text: string | undefined): text is Role {
  return text === 'user' || text === 'time' || text === 'event';
}

/** Names may have commas in them: only one before a further role parts. */
const PARTS = /,(?=\s*(?:user|time|event)\s*=)/;

function refuse(text: string): UsageError {
  return new UsageError(
    `expected user=COLUMN, time=COLUMN or event=COLUMN after --columns, with commas between them, got ${JSON.stringify(text)}`,
  );
}
