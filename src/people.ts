export {
  type Extent,
  extentOf,
  idAt,
  idsBetween,
  type JoinedPeople,
  joinFlags,
  type PeoplePage,
  pageOf,
  rankOf,
  type SampleOptions,
  sampleOf,
} from './events/people.js';
export type { PeopleOptions } from './events/selection.js';
export { isPeopleKey } from './names/people.js';
export { MemoryPeople, type MemoryPeopleOptions } from './store/people/memory.js';
export type { KeptPeople, LookupOptions, People, PeopleEntry, Person } from './store/people/types.js';
