/** Limits of one `runs/log-batch`; https://mlflow.org/docs/latest/api_reference/rest-api.html#log-batch */
const MOST_BYTES = 1_000_000;
/** What stands around the items. */
const FRAME_BYTES = 1000;

/** Parts of `items`, in order, each of at most `most` items and small enough for one request as JSON. */
export function batches<T>(items: readonly T[], most: number): T[][] {
  const result: T[][] = [];
  let current: T[] = [];
  let size = FRAME_BYTES;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (current.length === most || (current.length > 0 && size + bytes > MOST_BYTES)) {
      result.push(current);
      [current, size] = [[], FRAME_BYTES];
    }
    current.push(item);
    size += bytes;
  }
  return current.length > 0 ? [...result, current] : result;
}
