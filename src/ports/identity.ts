/** Who writes to the store. */
export interface Identity {
  /**
   * One line for people, e.g. `arn:aws:sts::123456789012:assumed-role/voclabs/user` or `ana on this machine`.
   * Proves that credentials exist and are accepted, as far as that can be known without writing.
   * Throws WmsError with exit code 4 (credentials) or 5 (network). Never returns or prints a secret.
   */
  whoAmI(signal?: AbortSignal): Promise<string>;
}
