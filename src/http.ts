export { HttpStore, type HttpStoreOptions } from './store/http/http.js';
