/**
 * Memory that can be given to another thread instead of being copied: what these bytes have for themselves. Small buffers
 * share theirs with others.
 */
export function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
