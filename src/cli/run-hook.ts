import { relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { openPrompter, openPublishTools, openRepository, readWorkingConfig } from '../compose.js';
import { EXIT, type ExitCode } from '../errors.js';
import { describeEnding } from '../publish/ending.js';
import { decidePush } from '../publish/hook.js';
import { publish } from '../publish/publish.js';
import { recordingFailure } from '../publish/record.js';
import { parsePushedRefs } from '../publish/refs.js';

/** The pre-push hook, after the shell part has found that Node is needed. Never writes to standard output. */
export async function runHook(remote: string, url: string): Promise<ExitCode> {
  const refs = parsePushedRefs(await text(process.stdin));
  const git = await openRepository(process.cwd());
  const decision = await decidePush(git, { remote, url, refs }, () => readWorkingConfig(git));
  if (decision === null) return EXIT.done;
  const { config, plan } = decision;
  const open = () => openPublishTools(git, config, openPrompter());
  const tools = await recordingFailure(git, plan.target, open);
  const allowReplace = process.env.WMS_ALLOW_REPLACE === '1';
  try {
    const outcome = await publish(tools, plan, { allowReplace, allowRemove: false });
    tools.reporter.close();
    const show = (path: string) => relative(git.topLevel, path);
    process.stderr.write(`\n${describeEnding(outcome, { source: 'push', show }).join('\n')}\n`);
    return EXIT.published;
  } finally {
    tools.reporter.close();
  }
}
