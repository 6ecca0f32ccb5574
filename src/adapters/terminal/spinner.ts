export interface Spinner {
  show(text: string): void;
  hide(): void;
}

/** Loads ora only where there is a terminal to draw on. */
export async function openSpinner(stream: NodeJS.WriteStream): Promise<Spinner> {
  const { default: ora } = await import('ora');
  // A hook's standard input is Git's, not ours to discard.
  const spinner = ora({ stream, prefixText: ' ', discardStdin: false });
  return {
    show(text) {
      spinner.text = text;
      if (!spinner.isSpinning) spinner.start();
    },
    hide: () => void spinner.stop(),
  };
}
