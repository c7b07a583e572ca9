#!/bin/sh
# Makes what compose.yaml needs for encrypted, authenticated gRPC: a private CA, the worker's
# certificate (names: worker, localhost) and a random token. Existing files are kept.
set -eu
umask 077
folder=${1:?usage: make-certificates.sh FOLDER}
mkdir -p "$folder"
cd "$folder"
if [ ! -e ca.key ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -days 825 -subj '/CN=plumbline private CA' \
        -addext 'basicConstraints=critical,CA:TRUE' -keyout ca.key -out ca.crt
fi
if [ ! -e worker.key ]; then
    openssl req -newkey rsa:3072 -nodes -subj '/CN=worker' -keyout worker.key -out worker.csr
    printf 'subjectAltName=DNS:worker,DNS:localhost\n' >worker.ext
    openssl x509 -req -in worker.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 \
        -extfile worker.ext -out worker.crt
    rm -f worker.csr worker.ext
fi
[ -e token ] || openssl rand -hex 32 >token
# the containers run as another user
chmod 0644 ca.crt worker.crt worker.key token
