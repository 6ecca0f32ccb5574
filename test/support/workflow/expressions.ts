import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

export type Status = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What an expression of a workflow may ask for. */
export interface Surroundings {
  /** By name of the context: `github`, `vars`, `needs`, … */
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Results of what came before: all jobs that a job rests on, or the job so far. */
  readonly before?: readonly Status[];
  /** Somebody cancelled the run. */
  readonly cancelled?: boolean;
  /** Contents by path, of files that `hashFiles` finds. */
  readonly files?: readonly string[];
}

const STATUS_FUNCTION = /\b(always|success|failure|cancelled)\s*\(/;

/** Whether a job or a step with this `if` runs, with GitHub's own evaluator and the `success()` that is always meant. */
export function runs(condition: string | undefined, surroundings: Surroundings): boolean {
  const text = (condition ?? 'success()').replace(/^\$\{\{(.*)\}\}$/s, '$1');
  const full = STATUS_FUNCTION.test(text) ? text : `success() && (${text})`;
  return isTrue(evaluate(full, surroundings));
}

/** A text with the values of its `${{ … }}`. */
export function filled(text: string, surroundings: Surroundings): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression, surroundings).coerceString(),
  );
}

function evaluate(expression: string, surroundings: Surroundings): data.ExpressionData {
  const functions = statusFunctions(surroundings);
  const { tokens } = new Lexer(expression.trim()).lex();
  const names = Object.keys(surroundings.contexts);
  const tree = new Parser(tokens, names, [...functions.values()]).parse();
  const contexts = JSON.parse(JSON.stringify(surroundings.contexts), data.reviver) as data.Dictionary;
  return new Evaluator(tree, contexts, functions).evaluate();
}

function statusFunctions({ before = [], cancelled = false, files = [] }: Surroundings) {
  const answers = {
    always: () => true,
    cancelled: () => cancelled,
    success: () => !cancelled && before.every((status) => status === 'success'),
    failure: () => !cancelled && before.includes('failure'),
  };
  const status = Object.entries(answers).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answer()),
  }));
  const hashFiles = {
    name: 'hashFiles',
    minArgs: 1,
    maxArgs: 255,
    call: (path: data.ExpressionData) =>
      new data.StringData(files.includes(path.coerceString()) ? 'abc123' : ''),
  };
  return new Map([...status, hashFiles].map((each) => [each.name.toLowerCase(), each]));
}

function isTrue(value: data.ExpressionData): boolean {
  if (value.kind === data.Kind.Boolean) return (value as data.BooleanData).value;
  if (value.kind === data.Kind.Null) return false;
  const text = value.coerceString();
  return text !== '' && text !== '0';
}
