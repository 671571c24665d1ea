import { BitmapistError, BudgetError, printable, StoreError, SyntaxProblem } from '../index.js';

/** What is not answered: a status and a sentence that may be read by whoever asked. */

/** Longer sentences repeat what was asked, of which the beginning is enough. */
const MAX_SENTENCE = 600;

/** Thrown where a request is refused. */
export class Refusal extends BitmapistError {
  override name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(shorten(printable(sentence)));
    this.status = status;
    this.headers = headers;
  }
}

/** What went wrong, `cause`, whatever it is, if whoever asked has no part in it. */
export class Fault extends BitmapistError {
  override name = 'Fault';

  constructor(cause: unknown) {
    super('something went wrong', { cause });
  }
}

/** The status of somebody who has left, and reads no answer. */
export const GONE = 499;

/**
 * What an error says to whoever asked. What an asker cannot mend says no more than that it happened: messages of clients name
 * servers, and those of programs their insides.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof BudgetError) return new Refusal(413, error.message);
  if (error instanceof SyntaxProblem) return new Refusal(400, error.message);
  // Errors of arguments are sentences; others of these kinds are those of programs.
  const isArgument = error instanceof RangeError || error instanceof TypeError;
  if (isArgument && error.message.startsWith('expected ')) return new Refusal(400, error.message);
  if (error instanceof StoreError) return new Refusal(502, 'the store of the events gave no answer');
  return new Refusal(500, 'something went wrong here');
}

/** Whether somebody should hear of it who looks after the server. */
export function isFault({ status }: Refusal): boolean {
  return status === 500 || status === 502;
}

function shorten(sentence: string): string {
  return sentence.length > MAX_SENTENCE ? `${sentence.slice(0, MAX_SENTENCE)}…` : sentence;
}
