#!/bin/bash
# Process 1 of a machine: starts the container runtime and the agent, restarts either when it dies, reaps orphans
# (bash does), answers the commands of /usr/bin/systemctl.
#
# One loop, one source of events: lines in the FIFO /run/capstan/supervisor.
#   REPLY VERB UNIT   a command; the answer (exit code, then text) goes to the FIFO /run/capstan/replies/REPLY
#   look              a service may have died, or may be started again: look which
#   tick              once a minute: the same, and see to the logs
#   poweroff          from the TERM trap, or anybody inside the machine
# The loop reads without a time limit: with one, bash would not see the end of children, orphans included, before it.
# Invariant: the list is in the trust store before containerd runs for the first time; containerd runs, and answers,
# before "ready" is said to the maker.
set -u
umask 022
cd /

readonly commands=/run/capstan/supervisor replies=/run/capstan/replies logs=/var/log/capstan
readonly properties=/etc/capstan/agent.properties
readonly log_limit=8388608 patience=60 # bytes of a log file; seconds a runtime may take to answer or to stop
readonly distribution=/usr/lib/capstan
readonly java=$distribution/java/bin/java library=$distribution/lib/agent
# The agent starts its proofs by the distribution's own launcher.
jvm=("@$library/jvm.options" "-Dcapstan.distribution=$distribution")
[ -e "$library/agent.jsa" ] && jvm+=("-XX:SharedArchiveFile=$library/agent.jsa")
# Services and their helpers get a clean environment and none of our descriptors.
agent=(env -i "PATH=$PATH" HOME=/root LANG=C.UTF-8 "$java" "${jvm[@]}" -cp "$library/*" dev.capstan.agent.Agent)
runtime=(env -i "PATH=$PATH" HOME=/root) # and what the maker adds
readonly jvm agent

# Per service: process id (empty: not running), whether it shall run, seconds to wait before the next start, the second
# of the last start, the second from which it may be started again.
declare -A pid=([containerd]='' [capstan-agent]='') wanted=([containerd]='' [capstan-agent]='')
declare -A delay=([containerd]=0 [capstan-agent]=0) since=([containerd]=0 [capstan-agent]=0)
declare -A due=([containerd]=0 [capstan-agent]=0)

note() { printf '%(%Y-%m-%dT%H:%M:%S%z)T %s\n' -1 "$*" >&2; }
# To the maker; it may be gone.
tell() { printf '%s\n' "$*" >&5 2>/dev/null || true; }
give_up() {
  note "$*"
  tell "failed $*"
  exit 1
}
# Sleeps without a process: nobody ever writes to descriptor 4.
pause() { read -r -t "$1" -u 4 _ || true; }

# Runs a service and says when it has ended; in a subshell of its own.
keep() {
  local service=$1 log=$2
  shift 2
  "$@" </dev/null >>"$logs/$log.log" 2>&1 3>&- 4>&- 5>&- &
  echo $! >"/run/capstan/$service.pid"
  wait $!
  echo look >&3
}

start() {
  wanted[$1]=yes since[$1]=$SECONDS
  : >"/run/capstan/$1.pid"
  case $1 in
    containerd) keep "$1" containerd "${runtime[@]}" containerd 5>&- & ;;
    capstan-agent) keep "$1" agent "${agent[@]}" "$properties" 5>&- & ;;
  esac
  until read -r "pid[$1]" <"/run/capstan/$1.pid"; do pause 0.002; done
  note "$1 started, process ${pid[$1]}"
}

running() { [ -n "${pid[$1]}" ] && kill -0 "${pid[$1]}" 2>/dev/null; }

# Until containerd answers; fails when it died or never does.
answers() {
  local deadline=$((SECONDS + patience))
  while running containerd && [ "$SECONDS" -lt "$deadline" ]; do
    if [ -S /run/containerd/containerd.sock ]; then
      ctr --connect-timeout 1s version >/dev/null 2>&1 3>&- 4>&- 5>&- </dev/null && return
    fi
    pause 0.01
  done
  note "containerd does not answer; see $logs/containerd.log"
  return 1
}

stop() {
  local deadline=$((SECONDS + patience))
  wanted[$1]=''
  running "$1" || return 0
  kill -TERM "${pid[$1]}"
  while running "$1"; do
    [ "$SECONDS" -lt "$deadline" ] || kill -KILL "${pid[$1]}"
    pause 0.005
  done
  pid[$1]=''
  note "$1 stopped"
}

# An event in so many seconds; in a subshell of its own.
later() {
  pause "$1"
  echo "$2" >&3
}

# Starts what died and is due. Backoff: at once after a run of 10 s, else 1, 2, 4 ... 30 s.
heal() {
  local service
  for service in containerd capstan-agent; do
    [ -n "${wanted[$service]}" ] || continue
    running "$service" && continue
    if [ -n "${pid[$service]}" ]; then
      pid[$service]=''
      if [ $((SECONDS - since[$service])) -ge 10 ]; then delay[$service]=0; fi
      due[$service]=$((SECONDS + delay[$service]))
      note "$service died; started again in ${delay[$service]} s"
      if [ "${delay[$service]}" -gt 0 ]; then later "${delay[$service]}" look & fi
      delay[$service]=$((delay[$service] == 0 ? 1 : delay[$service] * 2))
      if [ "${delay[$service]}" -gt 30 ]; then delay[$service]=30; fi
    fi
    if [ "$SECONDS" -ge "${due[$service]}" ]; then start "$service"; fi
  done
}

# Copy and truncate: the writers keep their descriptors, all opened for appending.
rotate() {
  local log size
  for log in containerd agent supervisor; do
    size=$(stat -c %s "$logs/$log.log" 2>/dev/null) || continue
    [ "$size" -gt "$log_limit" ] || continue
    cp -f "$logs/$log.log" "$logs/$log.log.1"
    : >"$logs/$log.log"
  done
}

state() { if running "$1"; then echo active; elif [ -n "${wanted[$1]}" ]; then echo activating; else echo inactive; fi; }

# Answers VERB UNIT as systemctl does: the exit code on the first line, then what to print.
answer() {
  local verb=$1 unit=${2%.service} code=0
  case $unit in
    containerd | capstan-agent) ;;
    *)
      case $verb in
        is-active) printf '4\ninactive\n' ;;
        status) printf '4\nUnit %s.service could not be found.\n' "$unit" ;;
        *) printf '5\nFailed to %s %s.service: Unit %s.service not found.\n' "$verb" "$unit" "$unit" ;;
      esac
      return
      ;;
  esac
  case $verb in
    start | restart)
      [ "$verb" = start ] || stop "$unit"
      running "$unit" || start "$unit"
      delay[$unit]=0
      if [ "$unit" = containerd ] && ! answers; then
        printf '1\nJob for %s.service failed: it does not answer. See %s.\n' "$unit" "$logs/$unit.log"
      else
        printf '0\n'
      fi
      ;;
    stop)
      stop "$unit"
      printf '0\n'
      ;;
    is-active)
      [ "$(state "$unit")" = active ] || code=3
      printf '%s\n%s\n' "$code" "$(state "$unit")"
      ;;
    status)
      [ "$(state "$unit")" = active ] || code=3
      printf '%s\n%s.service\n     Active: %s\n   Main PID: %s\n' \
        "$code" "$unit" "$(state "$unit")" "${pid[$unit]:-none}"
      ;;
    *) printf '1\nUnknown command verb %s. This machine knows start, stop, restart, status, is-active.\n' "$verb" ;;
  esac
}

# Runs a command in this shell (it changes the services' state) and hands the answer to who asked. The FIFO is opened
# for reading too, so that an asker that went away blocks nobody.
serve() {
  local reply=$replies/$1 text=/run/capstan/answer
  answer "${2:-}" "${3:-}" >"$text"
  note "systemctl ${2:-} ${3:-}: exit code $(head -n 1 "$text")"
  if [[ $1 =~ ^[0-9]+$ ]] && [ -p "$reply" ]; then printf '%s\n.\n' "$(<"$text")" 1<>"$reply"; fi
}

mkdir -p "$logs" /var/lib/capstan /etc/capstan
exec 5>&1 >>"$logs/supervisor.log" 2>&1
rotate
install -m 0755 /run/capstan/systemctl /usr/bin/systemctl
install -m 0644 /run/capstan/agent.properties "$properties"
# What the machine has instead of what was hidden: accounts without passwords, a name, a machine id.
if [ -d /run/capstan/birth ]; then cp -r /run/capstan/birth/. /; fi
for file in hosts resolv.conf; do
  # The host may have it as a mount or as a link into /run, of which nothing shows here.
  [ -s "/etc/$file" ] || install -m 0644 "/run/capstan/$file" "/etc/$file"
done
mkdir -m 700 "$replies"
mkfifo -m 600 "$commands" /run/capstan/nothing
exec 3<>"$commands" 4<>/run/capstan/nothing
note "machine $(hostname) boots"

# The maker prepares the lane now, and says what containerd must be started with.
tell rooted
while :; do
  read -r word || exit 1
  [ "$word" != on ] || break
  runtime+=("$word")
done
exec </dev/null

if [ -d /run/capstan/birth ]; then
  code=0
  "${agent[@]}" --birth /run/capstan/birth.pem "$properties" >>"$logs/agent.log" 2>&1 3>&- 4>&- 5>&- || code=$?
  # 3: a certificate of the list was left out, with the reason in the log and later in the node's status.
  if [ "$code" = 3 ]; then note "something of the list was left out; see $logs/agent.log"; fi
  [ "$code" = 0 ] || [ "$code" = 3 ] ||
    give_up "the list could not be put into the trust store: $(tail -n 5 "$logs/agent.log" | tr '\n' ' ')"
else
  # The last good set; without it the node still has what was in its store when it stopped.
  "${agent[@]}" --offline "$properties" >>"$logs/agent.log" 2>&1 3>&- 4>&- 5>&- ||
    note "agent --offline failed; see $logs/agent.log"
fi

trap 'echo poweroff >&3' TERM
start containerd
answers || give_up "containerd does not answer: $(tail -n 5 "$logs/containerd.log" | tr '\n' ' ')"
start capstan-agent
tell ready
exec 5>&-
note "ready"

later 60 tick &
while read -r reply verb unit <&3; do
  case $reply in
    look) ;;
    tick)
      rotate
      later 60 tick &
      ;;
    poweroff)
      stop capstan-agent
      stop containerd
      note "off"
      exit 0
      ;;
    *) serve "$reply" "$verb" "$unit" ;;
  esac
  heal
done
