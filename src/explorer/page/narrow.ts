import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 640px)');

/** Whether the page is as narrow as on a phone: as its style sheet says it. */
export const isNarrow = signal(query.matches);

query.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});
