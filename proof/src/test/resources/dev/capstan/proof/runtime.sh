#!/bin/bash
# runtime.sh FOLDER ROOTS: becomes a containerd with everything of its own in FOLDER, which trusts the certificates in ROOTS and
# knows registry.lab.test; ends with whoever started it. What it mounts ends with it.
set -euo pipefail
folder=$1 roots=$2

mkdir -p "$folder"/{root,state,opt,certs.d}
printf '127.0.0.1 localhost registry.lab.test mirror.lab.test\n' >"$folder/hosts"
cat >"$folder/config.toml" <<TOML
version = 2
root = "$folder/root"
state = "$folder/state"
[grpc]
  address = "$folder/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$folder/opt"
[plugins."io.containerd.grpc.v1.cri".cni]
  conf_dir = "$folder/cni"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "$folder/certs.d"
TOML
exec unshare --mount --propagation private setpriv --pdeathsig KILL bash -c '
    mount --bind "$0/hosts" /etc/hosts
    exec env -i PATH="$PATH" SSL_CERT_FILE="$1" SSL_CERT_DIR=/nonexistent containerd --config "$0/config.toml"' "$folder" "$roots"
