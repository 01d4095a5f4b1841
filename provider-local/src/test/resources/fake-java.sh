#!/bin/bash
# Stands in for the Java runtime of a distribution: plays the agent, in the ways a machine's supervisor calls it.
until [ "$1" = dev.capstan.agent.Agent ]; do shift || exit 64; done
shift
root=$(sed -n 's/^root=//p' "${!#}")
run=${root:+$root/tmp}
runtime() { if [ -S /run/containerd/containerd.sock ]; then echo up; else echo down; fi; }
case $1 in
  --birth)
    if grep -q REFUSE "$2"; then echo "the list is bad"; exit 1; fi
    cp "$2" "$root"/var/lib/capstan/list.pem
    echo "birth runtime=$(runtime)"
    echo birth >>"$root/var/lib/capstan/calls"
    ;;
  --offline)
    echo "offline runtime=$(runtime)"
    echo offline >>"$root/var/lib/capstan/calls"
    ;;
  *)
    echo "agent runtime=$(runtime)"
    env >"${run:-/run}/agent-environment"
    exec -a fake-agent sleep infinity
    ;;
esac
