#!/bin/bash
# Makes an image of busybox by hand, imports it and starts the container $1 from it, which sleeps.
set -euo pipefail
folder=$(mktemp -d)
cd "$folder"
mkdir -p root/bin blobs/sha256
cp "$(command -v busybox)" root/bin/busybox
tar -C root -cf layer.tar .
blob() {
  local digest
  digest=$(sha256sum <"$1")
  digest=${digest%% *}
  mv "$1" "blobs/sha256/$digest"
  echo "$digest"
}
layer_size=$(stat -c %s layer.tar)
layer=$(blob layer.tar)
echo '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:'"$layer"'"]}}' >config
config_size=$(stat -c %s config)
config=$(blob config)
echo '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:'"$config"'","size":'"$config_size"'},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:'"$layer"'","size":'"$layer_size"'}]}' >manifest
manifest_size=$(stat -c %s manifest)
manifest=$(blob manifest)
echo '{"imageLayoutVersion":"1.0.0"}' >oci-layout
echo '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'"$manifest"'","size":'"$manifest_size"',"annotations":{"io.containerd.image.name":"lab.test/busybox:1"}}]}' >index.json
tar -cf image.tar oci-layout index.json blobs
ctr -n k8s.io images import image.tar
ctr -n k8s.io run --detach lab.test/busybox:1 "$1" /bin/busybox sleep 100000
