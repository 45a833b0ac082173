#!/busybox sh
# The guest's first program: finds this machine's tree, lays kernel modules and udev over it, and goes on inside.
/busybox mount -t proc proc /proc
/busybox mount -t sysfs sysfs /sys
/busybox mount -t devtmpfs devtmpfs /dev
while read -r module; do /busybox insmod "/modules/$module"; done </order
at="trans=virtio,version=9p2000.L,msize=262144"
/busybox mount -t 9p -o "$at,ro,cache=loose" host /host
/busybox mount -t 9p -o "$at,ro,cache=loose" parts /parts
/busybox mount -t tmpfs tmpfs /more
/busybox mkdir /more/upper /more/work
/busybox mount -t overlay -o lowerdir=/parts:/host,upperdir=/more/upper,workdir=/more/work overlay /root
/busybox mount -t proc proc /root/proc
/busybox mount -t sysfs sysfs /root/sys
/busybox mount -t devtmpfs devtmpfs /root/dev
/busybox mount -t tmpfs tmpfs /root/run
/busybox mount -t 9p -o "$at" shared /root/mnt
/busybox chroot /root /bin/sh /mnt/inside.sh
/busybox sync
/busybox poweroff -f
