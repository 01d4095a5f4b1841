#!/bin/bash
# directory.sh STAGE FOLDER: the first process of a directory machine, in two stages.
#
#   host   say the process id of what keeps the machine, in a session of its own, to the maker
#   keep   wait for the maker's word, put the list into the trust store, keep the agent running until SIGTERM
#
# It speaks with the maker as boot.sh does, and as there does nothing before the maker has recorded its process. Nothing
# here needs a right that a plain user has not. When this process dies the kernel kills the agent (prctl(2),
# PR_SET_PDEATHSIG), so that a machine is never half alive.
set -uo pipefail
stage=$1
cd "$2" || exit 1

case $stage in
  host)
    exec 3<&0
    setsid "$BASH" "$0" keep "$PWD" <&3 3<&- &
    echo "pid $!"
    exec 3<&-
    wait
    exit
    ;;
  keep) ;;
  *) exit 64 ;;
esac

readonly logs=$PWD/log properties=$PWD/boot/agent.properties log_limit=8388608 # bytes of a log file
java=$(cat boot/java)/bin/java library=$(cat boot/distribution)/lib/agent
jvm=("@$library/jvm.options")
[ -e "$library/agent.jsa" ] && jvm+=("-XX:SharedArchiveFile=$library/agent.jsa")
agent=(setpriv --pdeathsig KILL -- env -i "PATH=$PATH" "HOME=$PWD/run" LANG=C.UTF-8
  "$java" "${jvm[@]}" -cp "$library/*" dev.capstan.agent.Agent)
readonly java library jvm agent
trap '' PIPE # the maker may be gone

note() { printf '%(%Y-%m-%dT%H:%M:%S%z)T %s\n' -1 "$*" >&2; }
tell() { printf '%s\n' "$*" >&5 2>/dev/null || true; }
rotate() {
  local log size
  for log in agent supervisor; do
    size=$(stat -c %s "$logs/$log.log" 2>/dev/null) || continue
    [ "$size" -gt "$log_limit" ] || continue
    cp -f "$logs/$log.log" "$logs/$log.log.1"
    : >"$logs/$log.log"
  done
}

read -r word || exit 1
[ "$word" = go ] || exit 1
read -r token || exit 1
(umask 077 && printf '%s\n' "$token" >run/token) || exit 1
unset token
exec 5>&1 >>"$logs/supervisor.log" 2>&1
tell rooted
word=
until [ "$word" = on ]; do read -r word || exit 1; done
exec </dev/null
note "machine ${PWD##*/} starts"

if [ -e boot/birth.pem ]; then
  code=0
  "${agent[@]}" --birth boot/birth.pem "$properties" >>"$logs/agent.log" 2>&1 5>&- || code=$?
  # 3: a certificate of the list was left out, with the reason in the log and later in the node's status.
  if [ "$code" != 0 ] && [ "$code" != 3 ]; then
    note "the list could not be put into the trust store"
    tell "failed the list could not be put into the trust store: $(tail -n 5 "$logs/agent.log" | tr '\n' ' ')"
    exit 1
  fi
else
  "${agent[@]}" --offline "$properties" >>"$logs/agent.log" 2>&1 5>&- || note "agent --offline failed; see $logs/agent.log"
fi

child='' off='' delay=0
trap 'off=yes; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
while [ -z "$off" ]; do
  rotate
  began=$SECONDS
  "${agent[@]}" "$properties" >>"$logs/agent.log" 2>&1 5>&- &
  child=$!
  note "agent started, process $child"
  tell ready
  exec 5>&-
  exec 5>/dev/null
  # A signal ends `wait` before the child has ended.
  while kill -0 "$child" 2>/dev/null; do wait "$child"; done
  child=''
  [ -z "$off" ] || break
  # At once after a run of 10 s, else after 1, 2, 4 ... 30 s.
  if [ $((SECONDS - began)) -ge 10 ]; then delay=0; fi
  note "the agent died; started again in $delay s"
  if [ "$delay" -gt 0 ]; then
    sleep "$delay" &
    wait $!
  fi
  delay=$((delay == 0 ? 1 : delay * 2))
  if [ "$delay" -gt 30 ]; then delay=30; fi
done
note off
