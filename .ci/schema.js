/** Writes the JSON schema of questions that the package publishes. */

import { writeFileSync } from 'node:fs';
import { measures, questionSchema } from '../src/measures.ts';

const path = new URL('../docs/questions.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(questionSchema(measures), null, 2)}\n`);
