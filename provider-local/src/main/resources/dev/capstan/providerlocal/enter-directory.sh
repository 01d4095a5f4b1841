#!/bin/bash
# enter: what answers on a directory machine, which is no system that a program could run in.
folder=$(dirname "$(readlink -f "$0")")
echo "machine $(basename "$folder") is only a directory: no program runs in it. Its root is $folder/root" >&2
exit 125
