export { HttpStore, type HttpStoreOptions } from './store/http.js';
