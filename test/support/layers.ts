/** The folders of src, from top to bottom. A folder imports from those below it alone; `.` is `src` itself, the entry points. */
export const FOLDERS = [
  'cli',
  'explorer',
  '.',
  'compat',
  'report',
  'measures',
  'tables',
  'events',
  'engine',
  'store',
  'formats',
  'bitmap',
  'kernel',
  'names',
  'time',
  'base',
];
