import type { Prompter } from '../../src/ports/prompter.js';

async function nobody(): Promise<never> {
  throw new Error('there is nobody to ask');
}

/** As in CI: no terminal. */
export const noPrompter: Prompter = {
  available: false,
  confirm: nobody,
  input: nobody,
  select: nobody,
  paste: nobody,
  secret: nobody,
};
