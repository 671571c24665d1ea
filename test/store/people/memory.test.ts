import { MemoryPeople } from '../../../src/store/people/memory.js';
import { describeCopies, describePeople } from '../../support/store/people.js';

describePeople('MemoryPeople', async () => new MemoryPeople());

describeCopies('MemoryPeople', async () => new MemoryPeople());
