import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseQuery } from '../index.js';
import { askedSegments, parseQuestion, type Question, rowsQuestion } from '../measures.js';
import { UsageError } from './failure.js';
import { answerQuestions, type MeasureOptions } from './measure.js';
import { needsOf } from './needs.js';
import { print } from './output.js';
import type { NamedSegment } from './segment.js';
import { withSource } from './source.js';
import { STANDARD_INPUT } from './stdin.js';
import { formatAnswers } from './tables.js';

/** Questions of a JSON document: one, or a list of them, which make a dashboard. */

/** Prints the tables of all questions of a file, or of standard input. */
export async function askQuestions(source: string, path: string, options: MeasureOptions): Promise<void> {
  if (source === STANDARD_INPUT && path === STANDARD_INPUT) {
    throw new UsageError('expected the source or the questions on standard input, got both');
  }
  const questions = readQuestions(await readText(path), nameOf(path), options.format === 'rows');
  const segment = [...(options.segment ?? []), ...segmentsOf(questions)];
  const needed = { ...options, segment, ...needsOf(questions) };
  await withSource(source, needed, async (bitmapist, told) => {
    const answers = await answerQuestions(bitmapist, questions, needed, told);
    await print([formatAnswers(answers, 'Dashboard', options)], options);
  });
}

function nameOf(path: string): string {
  return path === STANDARD_INPUT ? 'standard input' : JSON.stringify(path);
}

async function readText(path: string): Promise<string> {
  if (path === STANDARD_INPUT) return text(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`expected questions in ${nameOf(path)}, got ${code}`, { cause: error });
  }
}

function readQuestions(text: string, name: string, isRows: boolean): Question[] {
  const documents = [parseJson(text, name)].flat();
  if (documents.length === 0) throw new UsageError(`expected a question in ${name}, got none`);
  return documents.map((document, at) => {
    try {
      const question = parseQuestion(document);
      return isRows ? rowsQuestion(question) : question;
    } catch (error) {
      const place = documents.length === 1 ? '' : `, question ${at + 1}`;
      throw new UsageError(`${name}${place}: ${(error as Error).message}`, { cause: error });
    }
  });
}

function parseJson(text: string, name: string): unknown {
  try {
    // Some editors put a mark before UTF-8.
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UsageError(`expected JSON in ${name}, got text that is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Segments that the questions bring along. */
function segmentsOf(questions: readonly Question[]): NamedSegment[] {
  return Array.from(askedSegments(questions), ([name, text]) => ({ name, text, query: parseQuery(text) }));
}
