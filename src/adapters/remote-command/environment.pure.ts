const GOES_ALONG = /^(WMS_|MLFLOW_|PYTHONUNBUFFERED$)/;

/**
 * What the training contract tells, and how to reach the tracking server. All else is of this computer: its paths mean
 * nothing on another machine, and its credentials are nobody's business there.
 */
export function environmentElsewhere(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => GOES_ALONG.test(name)));
}
