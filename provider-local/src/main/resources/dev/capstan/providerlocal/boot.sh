#!/bin/bash
# boot.sh STAGE FOLDER: turns this process into the first process of a machine, in three stages.
#
#   host   join the machine's cgroups, then new namespaces (nothing of the machine exists before its cgroup holds it)
#   fork   the first child after `unshare --pid` is process 1; say its process id to the maker
#   init   wait for the maker's word, build the root, leave the host's, become the supervisor
#
# The maker talks through stdin and stdout. Process 1 does nothing until the maker has written its process id to disk
# and said "go": if the maker dies before that, stdin ends and nothing is left. Paths are relative to FOLDER, so that
# no name of the host shows in the machine's /proc/self/mountinfo. Before pivot_root files are written to fresh tmpfs
# only, never through the machine's own root: a symbolic link planted in it would lead to the host's files.
set -euo pipefail
stage=$1
cd "$2"

case $stage in
  host)
    while read -r cgroup; do echo $$ >"$cgroup/cgroup.procs"; done <boot/cgroups
    exec setsid unshare --mount --propagation private --uts --ipc --cgroup --pid -- \
      "$BASH" "$0" fork "$PWD"
    ;;
  fork)
    # cgroup v2 allows no process beside child groups with controllers: processes live in a leaf, containers beside it.
    while read -r leaf; do
      [ "$leaf" = "${leaf%/system}" ] || echo $$ >"$leaf/cgroup.procs"
    done <boot/leaves
    exec 3<&0
    "$BASH" "$0" init "$PWD" <&3 3<&- &
    echo "pid $!"
    exec 3<&-
    wait
    exit
    ;;
  init) ;;
  *) exit 64 ;;
esac

read -r word || exit 1
[ "$word" = go ] || exit 1
read -r token || exit 1

hostname "$(cat boot/name)"

# The root: one overlay over the host's /, one more for each of the host's system folders that is a mount of its own.
mount_overlay() {
  local attempt
  for attempt in 1 2 3 4 5; do
    # The machine's last boot may still be letting go of its upper folder.
    mount -t overlay capstan -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4" && return
    sleep "0.$attempt"
  done
  echo "overlay over $1: the kernel refused it (see the line above)" >&2
  exit 1
}
while read -r lower upper work; do mount_overlay "$lower" "$upper" "$work" "root${lower%/}"; done <boot/layers
if [ -d boot/handed/birth ]; then
  # Nothing of the machine ever ran: its root can still be trusted. Each of these is a whiteout now; a folder made over
  # a whiteout is opaque, so what the host has there stays hidden whatever root in the machine does to its mounts.
  while read -r mode owner folder; do
    mkdir -p "root$folder"
    chown -h "$owner" "root$folder"
    chmod "$mode" "root$folder"
  done <boot/folders
fi

mount -t tmpfs -o mode=755,nosuid,nodev run run
mkdir -m 755 run/capstan run/old
mkdir -m 1777 run/lock
cp -r boot/handed/. run/capstan/
(umask 077 && printf '%s\n' "$token" >run/capstan/token)
unset token

mount -t tmpfs -o mode=755,nosuid,size=64k dev dev
while read -r node major minor; do mknod -m 666 "dev/$node" c "$major" "$minor"; done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
END
mkdir dev/pts dev/shm dev/mqueue
mount -t devpts -o newinstance,nosuid,noexec,mode=620,gid=5,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev shm dev/shm
mount -t mqueue -o nosuid,nodev,noexec mqueue dev/mqueue
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

mount -t proc -o nosuid,nodev,noexec proc root/proc
# Settings of the kernel are the host's; those of the network stay writable, for CNI and kube-proxy.
[ ! -e root/proc/kcore ] || mount --bind dev/null root/proc/kcore
[ ! -e root/proc/sysrq-trigger ] || mount --bind dev/null root/proc/sysrq-trigger
mount --bind root/proc/sys root/proc/sys
mount --bind root/proc/sys/net root/proc/sys/net
mount -o remount,bind,ro root/proc/sys
mount --bind run/capstan/boot-id root/proc/sys/kernel/random/boot_id

mount -t sysfs -o ro,nosuid,nodev,noexec sysfs root/sys
mount -t tmpfs -o mode=755,nosuid,nodev,noexec cgroups root/sys/fs/cgroup
# Mounted inside the cgroup namespace, a hierarchy shows the machine's own subtree and nothing above it.
while read -r type place options; do
  mkdir -p "root/sys/fs/cgroup/$place"
  mount -t "$type" -o "nosuid,nodev,noexec${options:+,$options}" cgroup "root/sys/fs/cgroup/$place"
  [ "$type" = cgroup ] || continue
  for controller in ${options//,/ }; do
    [ "$controller" = "$place" ] || [ "$controller" = none ] || [[ $controller == *=* ]] || ln -s "$place" "root/sys/fs/cgroup/$controller"
  done
done <boot/hierarchies

mount -t tmpfs -o mode=1777,nosuid,nodev tmp root/tmp
mount --bind containerd root/var/lib/containerd
mount --bind log root/var/log/capstan
mount -t tmpfs -o mode=755 distribution distribution
while read -r name place; do
  mkdir "distribution/$name"
  mount --bind "$place" "distribution/$name"
  mount -o remount,bind,ro "distribution/$name"
done <boot/distribution
mount -o remount,ro distribution
mount --move distribution root/usr/lib/capstan
mount --move dev root/dev
mount --move run root/run

cd root
pivot_root . run/old
cd /
umount -l /run/old
rmdir /run/old

exec setpriv --bounding-set "$(cat /run/capstan/dropped-capabilities)" \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  bash /run/capstan/init
