#!/bin/bash
# enter [COMMAND ARGUMENT...]: runs a command (default: a shell) inside this machine, with its namespaces, cgroups,
# capabilities and a clean environment; the exit code is the command's.
set -u
folder=$(dirname "$(readlink -f "$0")")
name=$(basename "$folder")

value() { sed -n "s/^$1=//p" "$folder/state"; }
off() {
  echo "machine $name does not run: ${1}. Start it with: capstan up" >&2
  exit 125
}
[ -r "$folder/state" ] || off "it has no state file"
pid=$(value pid) started=$(value started)
[ -n "$pid" ] || off "it never did"
[ "$(value kernel)" = "$(cat /proc/sys/kernel/random/boot_id)" ] || off "this host has been started again since"
# Field 22 of /proc/PID/stat; the name in field 2 may hold anything, so count after its last parenthesis.
stat=$(cat "/proc/$pid/stat" 2>/dev/null) || off "its first process is gone"
read -r -a fields <<<"${stat##*) }"
[ "${fields[19]}" = "$started" ] || off "its first process is gone"
case ${fields[0]} in Z | X) off "its first process is gone" ;; esac

while read -r cgroup; do echo $$ >"$cgroup/cgroup.procs" || exit 125; done <"$folder/boot/leaves"
[ $# -gt 0 ] || set -- bash -l
exec nsenter --target "$pid" --mount --uts --ipc --pid --cgroup -- \
  setpriv --bounding-set "$(cat "$folder/boot/handed/dropped-capabilities")" \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  TERM="${TERM:-dumb}" "$@"
