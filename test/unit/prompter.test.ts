import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPaste } from '../../src/adapters/terminal/paste.js';
import { openTerminalPrompter } from '../../src/adapters/terminal/prompter.js';

async function paste(...chunks: string[]): Promise<{ text: string | null; shown: string }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const answer = readPaste({ input, output });
  for (const chunk of chunks) input.write(chunk);
  const text = await answer;
  return { text, shown: String(output.read() ?? '') };
}

describe('pasted text', () => {
  const block = '[default]\naws_access_key_id=AKIA\naws_session_token=abc/+==';

  it('ends with an empty line and is not shown', async () => {
    expect(await paste(`${block}\n\n`)).toEqual({ text: block, shown: '  3 lines received\n' });
  });

  it('may begin with empty lines and hold some', async () => {
    expect((await paste('\n\n[default]\n\nkey=1\n\n')).text).toBe('[default]\n\nkey=1');
  });

  it('may come in pieces', async () => {
    expect((await paste('[def', 'ault]\r', '\nkey=1', '\n', '\n')).text).toBe('[default]\nkey=1');
  });

  it('ends with Ctrl-D, and Ctrl-C cancels', async () => {
    expect((await paste('one\n', '\u0004')).text).toBe('one');
    expect((await paste('one\n', '\u0003')).text).toBeNull();
  });
});

describe('without a terminal', () => {
  it.each([{ CI: 'true' }, { CI: '1' }, { TERM: 'dumb' }])('%j: nobody can be asked', async (env) => {
    const prompter = openTerminalPrompter(env);
    expect(prompter.available).toBe(false);
    await expect(prompter.input('?')).rejects.toThrow('there is no terminal');
  });
});
