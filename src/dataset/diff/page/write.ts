import { placeContent } from '../../../clone/place-file.js';
import type { DatasetTools } from '../../tools.js';
import type { ComparedVersions } from '../diff.js';
import { renderDiffPage } from './page.js';
import { type Agreement, drawPairs } from './pictures.js';
import { chooseSubjects } from './sources.pure.js';

/**
 * Writes a page with pictures of what changed. Memory and page are bounded, however much it is. Throws what the store
 * throws, and as `placeContent`.
 */
export async function writeDiffPage(
  file: string,
  compared: ComparedVersions,
  tools: DatasetTools,
  agreement: Agreement,
): Promise<void> {
  const step = tools.reporter.step('Page');
  const subjects = chooseSubjects(compared);
  const pictures = await drawPairs(subjects, tools, agreement, (done) =>
    step.progress(`${done}/${subjects.length} pairs drawn`),
  );
  await placeContent(file, renderDiffPage({ ...compared, pictures, store: tools.store.url }));
  const faulty = pictures.filter(({ problems }) => problems.length > 0).length;
  if (faulty === 0) step.done(file);
  else step.warned(`${file} · ${faulty} of ${pictures.length} pairs could not be drawn completely`);
}
