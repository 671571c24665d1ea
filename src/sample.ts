export {
  markSample,
  newOnboarding,
  SAMPLE_DAYS,
  type SampleOptions,
  type SampleTarget,
} from './events/sample.js';
