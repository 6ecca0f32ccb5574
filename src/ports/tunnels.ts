/** A port of 127.0.0.1 here, and the one of the machine's loopback that it leads to. */
export interface Forward {
  readonly local: number;
  readonly remote: number;
}

export interface Tunnel {
  /** Resolves when it has ended: what was said last, or nothing when it was closed. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** A key pair for one tunnel. */
export interface TunnelKey {
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  /** Path of the private key. */
  readonly file: string;
  remove(): Promise<void>;
}

export interface SshTunnel {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA…`: no other machine is spoken to. */
  readonly hostKey: string;
  readonly keyFile: string;
}

export interface TlsTunnel {
  readonly address: string;
  readonly port: number;
  /** PEM: no other machine is spoken to. */
  readonly certificate: string;
  readonly token: string;
}

/** Ways to ports of a session's machine that nobody else can reach. Those that open one resolve when it can be used. */
export interface Tunnels {
  /** On the PATH. */
  hasProgram(name: string): Promise<boolean>;
  /** The wanted port of 127.0.0.1, or another one where somebody listens there already. */
  freePort(wanted: number): Promise<number>;
  /** Public IPv4 address of this machine. Throws WmsError `cloud/no-address` (exit code 5). */
  publicAddress(): Promise<string>;
  makeKey(): Promise<TunnelKey>;
  /** Throws WmsErrors with exit code 4 or 5. */
  openSessionManager(machine: string, region: string, forwards: readonly Forward[]): Promise<Tunnel>;
  /** Throws WmsError `cloud/no-tunnel` (exit code 5). */
  openSsh(place: SshTunnel, forwards: readonly Forward[]): Promise<Tunnel>;
  /** Throws WmsError `cloud/no-tunnel` (exit code 5). */
  openTls(place: TlsTunnel, forwards: readonly Forward[]): Promise<Tunnel>;
}
