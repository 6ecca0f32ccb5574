import type { Tunnel } from '../../ports/tunnels.js';

/** Several as one: it has ended when the first of them has. When one does not open, those before it are closed. */
export async function allTunnels(openers: readonly (() => Promise<Tunnel>)[]): Promise<Tunnel> {
  const opened: Tunnel[] = [];
  const close = async () => {
    await Promise.all(opened.map((tunnel) => tunnel.close()));
  };
  try {
    for (const open of openers) opened.push(await open());
  } catch (error) {
    await close();
    throw error;
  }
  return { ended: Promise.race(opened.map(({ ended }) => ended)), close };
}
