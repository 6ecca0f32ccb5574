import { EXIT, WmsError } from '../../src/errors.js';
import type { Forward, SshTunnel, TlsTunnel, Tunnel, Tunnels } from '../../src/ports/tunnels.js';

/** Tunnels that lead nowhere, and tell what was asked of them. */
export class FakeTunnels implements Tunnels {
  readonly programs = new Set<string>();
  /** Ways that do not open. */
  readonly broken = new Set<'Session Manager' | 'SSH' | 'TLS'>();
  readonly opened: { way: string; place: unknown; forwards: readonly Forward[] }[] = [];
  keys = 0;
  /** Called when a tunnel is open; may end it by an answer. */
  onOpen: (end: (said: string) => void) => void = () => undefined;
  address = '198.51.100.7';

  async hasProgram(name: string): Promise<boolean> {
    return this.programs.has(name);
  }

  async freePort(wanted: number): Promise<number> {
    return wanted === 5000 ? 5001 : wanted;
  }

  async publicAddress(): Promise<string> {
    return this.address;
  }

  async makeKey() {
    this.keys += 1;
    const remove = async () => {
      this.keys -= 1;
    };
    return { publicKey: `ssh-ed25519 ${'A'.repeat(68)}`, file: '/tmp/key', remove };
  }

  openSessionManager(machine: string, region: string, forwards: readonly Forward[]): Promise<Tunnel> {
    return this.#open('Session Manager', { machine, region }, forwards);
  }

  openSsh(place: SshTunnel, forwards: readonly Forward[]): Promise<Tunnel> {
    return this.#open('SSH', place, forwards);
  }

  openTls(place: TlsTunnel, forwards: readonly Forward[]): Promise<Tunnel> {
    return this.#open('TLS', place, forwards);
  }

  async #open(
    way: 'Session Manager' | 'SSH' | 'TLS',
    place: unknown,
    forwards: readonly Forward[],
  ): Promise<Tunnel> {
    if (this.broken.has(way)) {
      throw new WmsError({ kind: 'cloud/no-tunnel', code: EXIT.network, what: `${way} is broken.` });
    }
    this.opened.push({ way, place, forwards });
    let end: (said: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    this.onOpen(end);
    return { ended, close: async () => end('') };
  }
}
