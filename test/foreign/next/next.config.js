import { fileURLToPath } from 'node:url';

export default {
  // The package under test lies in this folder, what it depends on further up.
  turbopack: { root: fileURLToPath(new URL('../../..', import.meta.url)) },
  // Its threads are started with a file of the package.
  serverExternalPackages: ['bitmapist-wasm'],
};
