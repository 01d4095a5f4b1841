#!/bin/bash
# systemd-node.sh FOLDER NAME : becomes a node in FOLDER on which this machine's own systemd starts containerd and nothing else
# but its journal: this machine's files under an overlay, in namespaces of its own, below cgroups called NAME. It ends with this
# process. The kernel's settings are read-only in there, and what would set a clock, load modules or make devices is masked.
set -eu
folder=$1 name=$2
export folder
two=no
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || two=yes
for tree in $([ $two = yes ] && echo /sys/fs/cgroup || find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d); do
  [ -e "$tree/cgroup.procs" ] || continue
  mkdir -p "$tree/$name"
  if [ -e "$tree/cpuset.cpus" ]; then
    # A cgroup of version 1 takes no process before it has these.
    cat "$tree/cpuset.cpus" >"$tree/$name/cpuset.cpus"
    cat "$tree/cpuset.mems" >"$tree/$name/cpuset.mems"
  fi
  echo $$ >"$tree/$name/cgroup.procs"
done
cd "$folder"
mkdir upper work root containerd
export two
exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child --propagation private bash -euc '
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
mount -t proc proc root/proc
mount --bind root/proc/sys root/proc/sys; mount -o remount,bind,ro root/proc/sys
mount -t sysfs sysfs root/sys
if [ $two = yes ]; then
  mount -t cgroup2 cgroup2 root/sys/fs/cgroup
else
  mount -t tmpfs tmpfs root/sys/fs/cgroup
  cut -d: -f2 /proc/self/cgroup | while read -r tree; do
    [ -n "$tree" ] || continue
    mkdir "root/sys/fs/cgroup/${tree#name=}"
    options=$tree; [ "$tree" = "${tree#name=}" ] || options=none,$tree
    mount -t cgroup -o "$options" cgroup "root/sys/fs/cgroup/${tree#name=}"
  done
fi
mount --rbind /dev root/dev; mount --make-rslave root/dev
mount -t tmpfs -o mode=755 tmpfs root/run
mkdir -p root/run/old root/var/lib/containerd
mount --bind containerd root/var/lib/containerd
units=root/etc/systemd/system
rm -rf $units root/etc/containerd root/var/lib/capstan root/etc/capstan
mkdir -p $units root/etc/containerd
: >root/etc/machine-id
printf "[Unit]\nRequires=containerd.service\n" >$units/node.target
ln -s node.target $units/default.target
for unit in systemd-{udevd,udev-trigger,sysctl,modules-load,timesyncd,random-seed,remount-fs,tmpfiles-setup,tmpfiles-setup-dev} \
  systemd-{update-utmp,binfmt,firstboot,machine-id-commit,hwdb-update,journal-flush,sysusers} kmod-static-nodes networking apparmor \
  keyboard-setup console-setup; do
  ln -s /dev/null $units/$unit.service
done
for unit in dev-hugepages.mount dev-mqueue.mount sys-kernel-{debug,tracing,config}.mount sys-fs-fuse-connections.mount \
  proc-sys-fs-binfmt_misc.automount systemd-journald-audit.socket; do
  ln -s /dev/null $units/$unit
done
cp "$folder/config.toml" root/etc/containerd/config.toml
cd root
pivot_root . run/old
cd /
umount -l run/old
exec env -i container=capstan PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=journal
'
