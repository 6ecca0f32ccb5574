import type { Reporter } from '../../ports/reporter.js';
import { orderOf } from '../order.js';
import { readSession } from '../session.js';
import { joinOrOpen, type NewSession } from '../session-rules.pure.js';
import { telling } from '../telling.js';
import type { CloudTools } from '../tools.js';

/**
 * Shows what the engine would make; what is agreed to then is what is made. Null: this engine cannot tell before.
 * `complete` finds out what the offer leaves open.
 */
export async function showPlan(
  tools: CloudTools,
  reporter: Reporter,
  offered: CloudTools['place'],
  complete: () => Promise<NewSession>,
): Promise<NewSession | null> {
  const compute = await tools.openCompute(offered);
  if (compute.plan === undefined) return null;
  const step = reporter.step('Plan');
  try {
    const wanted = await complete();
    const session = joinOrOpen(await readSession(tools.notes), wanted, tools.clock.now());
    const image = session.image ?? (await compute.newestImage());
    const order = orderOf(tools, { ...session, image }, await compute.zones(session.size));
    const text = await telling(tools, step, async () => compute.plan?.(order) ?? '');
    step.done(/^Plan: (.*?)\.?$/m.exec(text)?.[1] ?? 'nothing to change');
    reporter.note(`${text}\n`);
    return wanted;
  } catch (error) {
    step.failed('');
    throw error;
  }
}
