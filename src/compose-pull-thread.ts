/** The program of one thread of `wms data pull`. */
import { workInThread } from './adapters/threads/work.js';
import {
  type PlacingJob,
  type PlacingResult,
  type PlacingStart,
  startPlacing,
} from './dataset/pull/place-objects.js';

await workInThread<PlacingStart, readonly PlacingJob[], readonly (PlacingResult | null)[]>(
  async (start) => {
    const place = startPlacing(start);
    return async (jobs) => jobs.map(place);
  },
  () => false,
);
