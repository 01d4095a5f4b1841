#!/bin/bash
# systemctl of a machine made by Capstan: no systemd runs here, process 1 is a small supervisor that knows the units
# containerd and capstan-agent and the verbs start, stop, restart, status, is-active.
set -u
arguments=() quiet=''
for argument in "$@"; do
  case $argument in
    -q | --quiet) quiet=yes ;;
    --no-pager | --no-ask-password | --full | -l) ;;
    -*)
      echo "systemctl: option $argument is not known on this machine" >&2
      exit 1
      ;;
    *) arguments+=("$argument") ;;
  esac
done
verb=${arguments[0]:-}
case $verb in
  start | stop | restart | status | is-active) ;;
  '')
    echo "systemctl: which command? This machine knows start, stop, restart, status, is-active." >&2
    exit 1
    ;;
  *)
    echo "Unknown command verb $verb. This machine knows start, stop, restart, status, is-active." >&2
    exit 1
    ;;
esac
if [ "${#arguments[@]}" -lt 2 ]; then
  echo "systemctl: $verb which unit? This machine knows containerd and capstan-agent." >&2
  exit 1
fi

result=0
for unit in "${arguments[@]:1}"; do
  if ! [[ $unit =~ ^[A-Za-z0-9@._-]+$ ]]; then
    echo "systemctl: $unit is not a unit's name" >&2
    exit 1
  fi
  reply=/run/capstan/replies/$$
  rm -f "$reply"
  mkfifo -m 600 "$reply" || exit 1
  exec 3<>"$reply"
  rm -f "$reply.done"
  printf '%s %s %s\n' "$$" "$verb" "$unit" 1<>/run/capstan/supervisor
  code=1 text=''
  # Two patiences of the supervisor: one to stop, one to answer; and what waits before this command.
  if read -r -t 180 -u 3 code; then
    while read -r -t 10 -u 3 line && [ "$line" != . ]; do text+=$line$'\n'; done
  else
    text="systemctl: the supervisor (process 1) did not answer within 180 s; see /var/log/capstan/supervisor.log"$'\n'
    code=1
  fi
  exec 3>&-
  rm -f "$reply"
  case $verb in
    status | is-active) [ -n "$quiet" ] || printf '%s' "$text" ;;
    *) printf '%s' "$text" >&2 ;;
  esac
  [ "$code" = 0 ] || result=$code
done
exit "$result"
