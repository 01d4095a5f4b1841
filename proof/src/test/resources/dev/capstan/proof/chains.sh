#!/bin/bash
# chains.sh FOLDER: makes the keys and chains of the tests. NAME.pem is what a server sends (its own certificate first),
# NAME.key its key, NAME.roots what the node's store holds.
set -euo pipefail
cd "$1"
exec 2>log

ext() { printf '%s\n' "$@" >ext; }
key() { [[ -e $1.key ]] || openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
request() { key "$1"; openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"; }

# ca NAME SUBJECT [EXTENSION…]: a root.
ca() {
    local name=$1 subject=$2; shift 2
    request "$name" "$subject"
    ext 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' 'subjectKeyIdentifier=hash' "$@"
    ${AT:-} openssl x509 -req -in "$name.csr" -signkey "$name.key" -days "${DAYS:-300}" -extfile ext -out "$name.crt" "${DIGEST:--sha256}"
}

# signed NAME SUBJECT ISSUER EXTENSION…: a certificate of an issuer.
signed() {
    local name=$1 subject=$2 issuer=$3; shift 3
    request "$name" "$subject"
    ext "$@"
    ${AT:-} openssl x509 -req -in "$name.csr" -CA "$issuer.crt" -CAkey "$issuer.key" -set_serial "0x$(openssl rand -hex 8)" \
        -days "${DAYS:-200}" -extfile ext -out "$name.crt" "${DIGEST:--sha256}"
}

intermediate() {
    local name=$1 subject=$2 issuer=$3; shift 3
    signed "$name" "$subject" "$issuer" 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' "$@"
}

server() {
    local name=$1 issuer=$2; shift 2
    signed "$name" "/O=Test/CN=$name" "$issuer" 'subjectAltName=DNS:localhost,DNS:registry.lab.test,DNS:*.wild.test,IP:127.0.0.1' "$@"
}

# chain NAME ROOT [INTERMEDIATE…]
chain() {
    local name=$1 root=$2; shift 2
    cat "$name.crt" >"$name.pem"
    for one in "$@"; do cat "$one.crt" >>"$name.pem"; done
    cat "$root.crt" >"$name.roots"
}

ca root '/O=Test/CN=Root'
ca other '/O=Other/CN=Other Root'
intermediate issuing '/O=Test/CN=Issuing' root

server good root; chain good root
server by-intermediate issuing; chain by-intermediate root issuing
cp by-intermediate.key in-disorder.key; cat by-intermediate.crt other.crt issuing.crt >in-disorder.pem; cp root.crt in-disorder.roots
cp by-intermediate.key missing-intermediate.key; cp by-intermediate.crt missing-intermediate.pem; cp root.crt missing-intermediate.roots
cp by-intermediate.key anchored-intermediate.key; cp by-intermediate.crt anchored-intermediate.pem; cp issuing.crt anchored-intermediate.roots
cp good.key unknown-ca.key; cp good.pem unknown-ca.pem; cp other.crt unknown-ca.roots
cp good.key empty-store.key; cp good.pem empty-store.pem; : >empty-store.roots

ca same-name-root '/O=Test/CN=Root'
cp good.key other-key.key; cp good.pem other-key.pem; cp same-name-root.crt other-key.roots

signed wrong-host '/O=Test/CN=localhost' root 'subjectAltName=DNS:registry.corp,DNS:*.apps.corp'; chain wrong-host root
signed common-name '/O=Test/CN=localhost' root 'keyUsage=digitalSignature'; chain common-name root

AT='faketime -f -300d' DAYS=100 server expired root; chain expired root
AT='faketime -f +100d' DAYS=100 server not-yet-valid root; chain not-yet-valid root
AT='faketime -f -300d' DAYS=100 ca old-root '/O=Test/CN=Old Root'
server of-expired-root old-root; chain of-expired-root old-root
AT='faketime -f -300d' DAYS=100 intermediate old-issuing '/O=Test/CN=Old Issuing' root
server of-expired-intermediate old-issuing; chain of-expired-intermediate root old-issuing

intermediate constrained '/O=Test/CN=Constrained' root 'nameConstraints=critical,permitted;DNS:corp'
server name-constraint constrained; chain name-constraint root constrained
ca constrained-root '/O=Test/CN=Constrained Root' 'nameConstraints=critical,permitted;DNS:corp'
server root-name-constraint constrained-root; chain root-name-constraint constrained-root
intermediate permitted '/O=Test/CN=Permitted' root 'nameConstraints=critical,permitted;DNS:localhost,permitted;DNS:lab.test,permitted;DNS:wild.test,permitted;IP:127.0.0.0/255.0.0.0'
server name-permitted permitted; chain name-permitted root permitted

DIGEST=-sha1 server sha1 root; chain sha1 root
DIGEST=-sha1 intermediate sha1-issuing '/O=Test/CN=SHA-1 Issuing' root
server of-sha1-intermediate sha1-issuing; chain of-sha1-intermediate root sha1-issuing
DIGEST=-sha1 ca sha1-root '/O=Test/CN=SHA-1 Root'
server of-sha1-root sha1-root; chain of-sha1-root sha1-root

request v1-root '/O=Test/CN=V1 Root'
openssl x509 -req -in v1-root.csr -signkey v1-root.key -days 300 -out v1-root.crt
server of-v1-root v1-root; chain of-v1-root v1-root

server client-only root 'extendedKeyUsage=clientAuth'; chain client-only root
server for-servers root 'extendedKeyUsage=serverAuth'; chain for-servers root
intermediate client-issuing '/O=Test/CN=Client Issuing' root 'extendedKeyUsage=clientAuth'
server of-client-intermediate client-issuing; chain of-client-intermediate root client-issuing

server not-a-ca root 'basicConstraints=CA:FALSE'
server of-no-ca not-a-ca; chain of-no-ca root not-a-ca
ca short-root '/O=Test/CN=Short Root' 'basicConstraints=critical,CA:TRUE,pathlen:0'
intermediate too-deep '/O=Test/CN=Too Deep' short-root
server path-too-long too-deep; chain path-too-long short-root too-deep

request self-signed '/O=Test/CN=Self-signed'
ext 'subjectAltName=DNS:localhost'
openssl x509 -req -in self-signed.csr -signkey self-signed.key -days 100 -extfile ext -out self-signed.crt
cp self-signed.crt self-signed.pem; cp self-signed.crt self-signed.roots
cp self-signed.key self-signed-unknown.key; cp self-signed.crt self-signed-unknown.pem; cp root.crt self-signed-unknown.roots

# The same key and name by two roots, one of them expired: either way up may be taken.
intermediate cross-by-old '/O=Test/CN=Cross' old-root; cp cross-by-old.key cross-by-new.key
intermediate cross-by-new '/O=Test/CN=Cross' root
server cross-signed cross-by-new; cat cross-signed.crt cross-by-old.crt cross-by-new.crt >cross-signed.pem; cat old-root.crt root.crt >cross-signed.roots

# 200 intermediates of one name and key, which go round in circles.
cat good.crt >giant.pem; for _ in $(seq 200); do cat issuing.crt; done >>giant.pem; cp good.key giant.key; cp other.crt giant.roots

server of-other other; chain of-other other

# What Java serves.
for name in good expired wrong-host of-other; do
    openssl pkcs12 -export -inkey "$name.key" -in "$name.pem" -out "$name.p12" -passout pass:changeit
done
