#!/bin/bash
# systemctl of a test's node: knows the unit of containerd, whose drop-ins it reads as systemd does, at daemon-reload. It
# really stops and starts containerd, keeps a log of what it was asked, and has containerd fail to start while
# /run/stand-in/breaks is there and Capstan's environment is given to it; while /run/stand-in/kills is there the shims die with
# containerd, as with KillMode=control-group. Where there is /run/stand-in/before, it is run before each start, as k3s makes its
# configuration; while /run/stand-in/ends is there the container's work is done between stop and start.
set -u
state=/run/stand-in
mkdir -p $state
echo "$*" >>$state/asked
unit=$(cat $state/unit)
dropins=/etc/systemd/system/$unit.d
CONTAINERD_ADDRESS=$(cat $state/address)
export CONTAINERD_ADDRESS
PATH=$(dirname "$(cat $state/program)"):$PATH

stop() {
  local pid
  pid=$(cat $state/pid 2>/dev/null) || return 0
  kill -TERM "$pid" 2>/dev/null
  while kill -0 "$pid" 2>/dev/null && [ "$(cut -d' ' -f3 /proc/"$pid"/stat 2>/dev/null)" != Z ]; do sleep 0.02; done
  rm -f $state/pid
}

start() {
  local environment=() more=() line
  # What is meant for k3s's containerd loses its prefix (k3s: pkg/agent/containerd, Run).
  while IFS= read -r line; do environment+=("${line#CONTAINERD_}"); done < <(cat $state/environment 2>/dev/null)
  while IFS= read -r line; do [ -z "$line" ] || more+=("$line"); done <$state/arguments
  [ ! -e $state/before ] || bash -e $state/before
  if [ -e $state/breaks ] && [[ ${environment[*]-} == *SSL_CERT_FILE* ]]; then more+=(--config /nowhere); fi
  (
    [ ! -e $state/cgroup ] || echo $BASHPID >"$(cat $state/cgroup)/cgroup.procs"
    # Nothing of who asked stays open in what is started.
    exec </dev/null >>/run/containerd.log 2>&1
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || eval "exec $fd>&-" 2>/dev/null
    done
    exec setsid env -i PATH="$PATH" HOME=/root "${environment[@]}" "$(cat $state/program)" "${more[@]}"
  ) &
  echo $! >$state/pid
  for _ in $(seq 300); do
    kill -0 "$(cat $state/pid)" 2>/dev/null || break
    # As Type=notify: up when it says so.
    if ctr --connect-timeout 1s version >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  rm -f $state/pid
  tail -5 /run/containerd.log >&2
  echo "Job for $unit failed because the control process exited with error code." >&2
  return 1
}

case $1 in
  daemon-reload)
    cat $dropins/*.conf 2>/dev/null | sed -n 's/^Environment=//p' >$state/environment
    ;;
  reset-failed) ;;
  show)
    cat <<END
LoadState=loaded
FragmentPath=/lib/systemd/system/$unit
DropInPaths=$(echo $dropins/*.conf | grep -v '\*')
Environment=$(tr '\n' ' ' <$state/environment 2>/dev/null | sed 's/ $//')
KillMode=$(cat $state/killmode 2>/dev/null || echo process)
MainPID=$(cat $state/pid 2>/dev/null || echo 0)
END
    ;;
  start) start ;;
  restart)
    stop
    container=$(cat "$(cat $state/tasks)"/io.containerd.runtime.v2.task/k8s.io/*/init.pid)
    [ ! -e $state/kills ] || kill -KILL "$(cut -d' ' -f4 /proc/"$container"/stat)"
    if [ -e $state/ends ]; then
      : >/run/bundle/end
      while kill -0 "$container" 2>/dev/null; do sleep 0.02; done
    fi
    start
    ;;
  *)
    echo "Unknown command verb $1." >&2
    exit 1
    ;;
esac
