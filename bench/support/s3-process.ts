import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Operation, TEST_KEYS } from '../../test/support/s3-server.js';
import type { Answer, Question } from './s3-child.js';

export type Requests = Readonly<Partial<Record<Operation, number>>>;

/** What programs need to be let in. */
export const S3_ENV = {
  AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
  AWS_DEFAULT_REGION: 'us-east-1',
};

/** The S3 server of the tests in a process of its own: its work is not counted as ours. */
export class S3Process {
  private constructor(
    readonly url: string,
    private readonly ask: (question: Question) => Promise<Answer>,
  ) {}

  static async during(work: (s3: S3Process) => Promise<void>): Promise<void> {
    const child = fork(fileURLToPath(new URL('./s3-child.ts', import.meta.url)), {
      serialization: 'advanced',
    });
    const answer = async (): Promise<Answer> => (await once(child, 'message'))[0] as Answer;
    const ask = (question: Question): Promise<Answer> => {
      child.send(question);
      return answer();
    };
    try {
      await work(new S3Process((await answer()).url, ask));
    } finally {
      child.disconnect();
      await once(child, 'exit');
    }
  }

  async put(key: string, bytes: Buffer): Promise<void> {
    await this.ask({ key, bytes });
  }

  /** Requests since this was asked last. */
  async requests(): Promise<Requests> {
    return (await this.ask({})).requests;
  }
}
