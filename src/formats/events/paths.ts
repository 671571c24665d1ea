/** Fields of JSON by their paths: names of members with dots between them. */

/** As deep is looked for names of fields. */
const MAX_DEPTH = 5;

/** The field at a path; a member whose own name has dots counts first. Missing if a part of it is. */
export function fieldAt(value: unknown, path: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    const found = Object.hasOwn(value, head) ? fieldAt(value[head], path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Adds the paths of all fields of an object that are no objects themselves. */
export function addPaths(paths: Set<string>, value: unknown, prefix = '', depth = 1): void {
  if (!isObject(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const path = prefix + name;
    if (isObject(field) && depth < MAX_DEPTH) addPaths(paths, field, `${path}.`, depth + 1);
    else paths.add(path);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
