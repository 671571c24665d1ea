export {
  type Extent,
  extentOf,
  idAt,
  idsBetween,
  type JoinedPeople,
  joinFlags,
  type PeopleOptions,
  type PeoplePage,
  pageOf,
  rankOf,
  type SampleOptions,
  sampleOf,
} from './events/people.js';
