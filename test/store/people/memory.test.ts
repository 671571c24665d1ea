import { MemoryPeople } from '../../../src/store/people/memory.js';
import { describePeople } from '../../support/store/people.js';

describePeople('MemoryPeople', async () => new MemoryPeople());
