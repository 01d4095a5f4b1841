#!/bin/bash
# Stands in for the Java runtime of a distribution: plays the agent, in the ways a machine's supervisor calls it.
until [ "$1" = dev.capstan.agent.Agent ]; do shift || exit 64; done
shift
runtime() { if [ -S /run/containerd/containerd.sock ]; then echo up; else echo down; fi; }
case $1 in
  --birth)
    if grep -q REFUSE "$2"; then echo "the list is bad"; exit 1; fi
    cp "$2" /var/lib/capstan/list.pem
    echo "birth runtime=$(runtime)"
    echo birth >>/var/lib/capstan/calls
    ;;
  --offline)
    echo "offline runtime=$(runtime)"
    echo offline >>/var/lib/capstan/calls
    ;;
  *)
    echo "agent runtime=$(runtime)"
    env >/run/agent-environment
    exec -a fake-agent sleep infinity
    ;;
esac
