import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** A pasted block arrives at once; an empty line that nothing follows for this long was typed by a person. */
const QUIET_MS = 150;

/**
 * Reads lines until an empty one, without showing them. A pasted block may hold empty lines itself. Answers null when
 * the person cancels with Ctrl-C.
 */
export async function readPaste({ input, output }: Streams): Promise<string | null> {
  const text = await readLines(input);
  const count = text?.split('\n').filter((line) => line.trim() !== '').length ?? 0;
  output.write(text === null ? '\n' : `  ${count} ${count === 1 ? 'line' : 'lines'} received\n`);
  return text;
}

function readLines(input: NodeJS.ReadableStream): Promise<string | null> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  const lines: string[] = [];
  const text = () => lines.join('\n').trim();
  return new Promise((resolve) => {
    let quiet: NodeJS.Timeout | undefined;
    const finish = (answer: string | null) => {
      clearTimeout(quiet);
      reader.removeAllListeners();
      reader.close();
      resolve(answer);
    };
    reader.on('line', (line) => {
      clearTimeout(quiet);
      lines.push(line);
      if (line.trim() === '' && text() !== '') quiet = setTimeout(() => finish(text()), QUIET_MS);
    });
    reader.on('close', () => finish(text()));
    reader.on('SIGINT', () => finish(null));
  });
}
