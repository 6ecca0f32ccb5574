import { EXIT, WmsError } from '../../errors.js';
import type { Prompter } from '../../ports/prompter.js';
import { readPaste } from './paste.js';
import { hasTerminal, openTerminal, type Terminal } from './terminal.js';

/** Asks in the terminal, also from inside a Git hook. inquirer is loaded with the first question. */
export function openTerminalPrompter(env: NodeJS.ProcessEnv = process.env): Prompter {
  const available = hasTerminal(env);

  const withTerminal = async <T>(ask: (terminal: Terminal) => Promise<T>): Promise<T> => {
    if (!available) throw new Error('a question was asked although there is no terminal');
    const terminal = openTerminal();
    try {
      return await ask(terminal);
    } catch (error) {
      throw isCancel(error) ? cancelled() : error;
    } finally {
      terminal.close();
    }
  };

  const ask = <T>(question: Record<string, unknown>): Promise<T> =>
    withTerminal(async ({ input, output }) => {
      const { createPromptModule } = (await import('inquirer')).default;
      const prompt = createPromptModule({ input, output }) as unknown as (
        questions: readonly unknown[],
      ) => Promise<{ answer: T }>;
      return (await prompt([{ ...question, name: 'answer' }])).answer;
    });

  return {
    available,
    confirm: (message, defaultAnswer) => ask({ type: 'confirm', message, default: defaultAnswer }),
    input: (message, options = {}) => ask({ type: 'input', message, ...options }),
    select: (message, choices) => ask({ type: 'select', message, choices }),
    secret: (message) => ask({ type: 'password', message, mask: '*' }),
    paste: (message) =>
      withTerminal(async (terminal) => {
        terminal.output.write(`? ${message} (paste, then press Enter on an empty line)\n`);
        const text = await readPaste(terminal);
        if (text === null) throw cancelled();
        return text;
      }),
  };
}

function isCancel(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name);
}

function cancelled(): WmsError {
  return new WmsError({
    kind: 'prompt/cancelled',
    code: EXIT.usage,
    what: 'cancelled',
    next: 'run the command again when you are ready',
  });
}
