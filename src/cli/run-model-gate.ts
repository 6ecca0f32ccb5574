import { resolve } from 'node:path';
import { placeContent } from '../clone/place-file.js';
import {
  openModelRunner,
  openPrompter,
  openRegistry,
  openReporter,
  openRepository,
  requireConfig,
} from '../compose.js';
import type { ExitCode } from '../errors.js';
import { exitCodeOf } from '../model/gate/exit-code.pure.js';
import { verdictMarkdown } from '../model/gate/markdown.pure.js';
import { renderGatePage } from '../model/gate/page.js';
import { productionSide, readSide } from '../model/gate/read-side.js';
import { type GateOutcome, runGate } from '../model/gate/run.js';
import { describeVerdict } from '../model/gate/text.pure.js';
import { writeVerdict } from '../model/verdict-file.js';
import { gateTestPairs } from './gate-test-pairs.js';

export interface GateFlags {
  readonly candidate: string;
  readonly baseline?: string;
  readonly images?: string;
  readonly masks?: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly html?: string;
}

export async function runModelGate(flags: GateFlags): Promise<ExitCode> {
  const git = await openRepository(process.cwd());
  const config = await requireConfig(git);
  const testPairs = gateTestPairs(flags, git, config);
  const candidate = await readSide(flags.candidate);
  const reporter = await openReporter();
  try {
    reporter.heading(`gate: ${flags.candidate}`);
    const production = reporter.step('Production');
    const images = reporter.step('Test images');
    const scores = reporter.step('Scores');
    const outcome = await runGate({
      runner: openModelRunner(reporter),
      clock: { now: () => new Date() },
      rules: config.gate,
      candidate,
      async baseline() {
        const side =
          flags.baseline === undefined
            ? await productionSide(await openRegistry(git, config, openPrompter()))
            : await readSide(flags.baseline);
        production.done(side?.name ?? 'none yet');
        return side;
      },
      async testPairs() {
        const pairs = await testPairs(images);
        images.done(`${pairs.length} pairs`);
        return pairs;
      },
      ownSplit: flags.images === undefined,
      pictures: flags.html !== undefined,
      onProgress: (done, of) => scores.progress(`${done}/${of} images`),
    });
    if (outcome.images.length > 0) scores.done(`${outcome.images.length} images`);
    await writeVerdict(git.commonDir, candidate.md5, outcome.verdict);
    if (flags.html !== undefined) await placeContent(resolve(flags.html), renderGatePage(outcome));
    reporter.close();
    print(outcome, flags);
    return exitCodeOf(outcome.verdict.decision);
  } finally {
    reporter.close();
  }
}

function print({ verdict, images }: GateOutcome, flags: GateFlags): void {
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...verdict, perImage: images }, null, 2)}\n`);
  if (flags.markdown) process.stdout.write(verdictMarkdown(verdict));
  const page = flags.html === undefined ? [] : [`  Page  ${flags.html}`];
  process.stderr.write(`\n${[...describeVerdict(verdict), ...page].join('\n')}\n`);
}
