import { type Connection, connect } from '../cloud/connect/connect.js';
import { MACHINE_PORTS } from '../cloud/facts.js';
import { openPrompter, openReporter } from '../compose.js';
import { openCloudTools, openTunnels } from '../compose-cloud.js';
import { openCloudPlace } from './cloud-tools.js';
import { listenForSignals } from './listen-for-signals.js';

export interface ConnectFlags {
  readonly from?: string;
  readonly json?: true;
}

/** Resolves when the person has ended it, at once where no tunnel is needed. */
export async function runCloudConnect({ from, json }: ConnectFlags): Promise<void> {
  const { git, config, choice } = await openCloudPlace({});
  const prompter = openPrompter();
  const cloud = await openCloudTools(git, config, choice, prompter);
  const reporter = await openReporter();
  const { signal: stop, forget } = listenForSignals();
  try {
    const tools = { ...cloud, reporter, stop, tunnels: openTunnels(git, prompter) };
    reporter.heading('cloud connect');
    await connect(tools, { ports: MACHINE_PORTS, from: from ?? null }, (connection) => {
      if (json) process.stdout.write(`${JSON.stringify(connection)}\n`);
      reporter.note(described(connection));
    });
    if (stop.aborted) reporter.note('\nDisconnected. The session goes on: npx wms-stop ends it.');
  } finally {
    reporter.close();
    forget();
  }
}

function described({ session, way, mlflow, api }: Connection): string {
  const none = 'not running: npx wms cloud status tells more';
  return [
    `\nSession ${session}${way === null ? ': no tunnel is needed.' : `, by ${way}. Ctrl-C disconnects.`}`,
    `  MLflow     ${mlflow ?? none}`,
    `  Model API  ${api ?? none}`,
    ...(api === null ? [] : [`  API docs   ${api}/docs`]),
  ].join('\n');
}
