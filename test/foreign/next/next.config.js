import { fileURLToPath } from 'node:url';

// The package under test lies in this folder, what it depends on further up.
export default { turbopack: { root: fileURLToPath(new URL('../../..', import.meta.url)) } };
