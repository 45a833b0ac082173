# Inside the guest, on this machine's tree: a network to the host, udev with our rules, the tests.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
. /mnt/environment
mkdir -p /dev/pts /dev/shm /run/udev/rules.d /run/vhci_hcd
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
cp "$REPOSITORY/drivers/70-card-printers.rules" /run/udev/rules.d/
/lib/systemd/systemd-udevd --daemon 2>/dev/null
modprobe -a virtio_net vhci-hcd usblp
modprobe usb-storage $STORAGE
busybox ip link set lo up
card=$(ls /sys/class/net | grep -v lo | head -n 1)
busybox ip link set "$card" up
busybox ip addr add 10.0.2.15/24 dev "$card"
busybox ip route add default via 10.0.2.2
cd "$REPOSITORY" || exit
echo "guest: kernel $(uname -r), $(cut -d ' ' -f 1 /proc/uptime) s after its start"
"$PYTHON" -m pytest $ARGUMENTS
echo $? >/mnt/exit
