import { Interrupted } from '../training/command/command-ended.js';

/** The first signal ends the command politely; it has its grace to save what it has. */
export function listenForSignals(): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const listener = (signal: NodeJS.Signals) => controller.abort(new Interrupted(signal));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  return {
    signal: controller.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
