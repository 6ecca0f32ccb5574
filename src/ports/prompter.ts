/** Questions to a person. */
export interface Prompter {
  /** False when there is nobody to ask (no terminal, CI): then none of the other methods may be called. */
  readonly available: boolean;
  confirm(question: string, defaultAnswer: boolean): Promise<boolean>;
  input(
    question: string,
    options?: { default?: string; validate?: (value: string) => true | string },
  ): Promise<string>;
  select<T extends string>(question: string, choices: readonly { value: T; name: string }[]): Promise<T>;
  /** Text of several lines that must not appear on the screen in full, e.g. pasted credentials. */
  paste(question: string): Promise<string>;
  secret(question: string): Promise<string>;
}
