package sim

import (
	"errors"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The ethtool commands that set one offload each, and their argument
// (include/uapi/linux/ethtool.h).
const (
	ethtoolSetTxChecksum = 0x17
	ethtoolSetGSO        = 0x24
	ethtoolSetGRO        = 0x2c
)

type ethtoolValue struct {
	cmd, data uint32
}

// ifreqData is struct ifreq with the pointer member of its union.
type ifreqData struct {
	name [unix.IFNAMSIZ]byte
	data unsafe.Pointer
	_    [24 - unsafe.Sizeof(uintptr(0))]byte
}

// plainFrames turns off an interface's offloads, in the calling thread's namespace. By
// default, a veth leaves TCP checksums to hardware that does not exist and passes
// segments of up to 64 kB, so a capture shows bad checksums and frames that no wire
// could carry. Without offloads each frame looks as it would on a cable. Disabling
// transmit checksums makes the kernel turn off scatter-gather and TCP segmentation as
// well (netdev_fix_features in net/core/dev.c).
func plainFrames(iface string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for _, cmd := range []uint32{ethtoolSetTxChecksum, ethtoolSetGSO, ethtoolSetGRO} {
		if err := ethtoolOff(fd, iface, cmd); err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
			return err
		}
	}
	return nil
}

func ethtoolOff(fd int, iface string, cmd uint32) error {
	value := ethtoolValue{cmd: cmd}
	req := ifreqData{data: unsafe.Pointer(&value)}
	copy(req.name[:unix.IFNAMSIZ-1], iface)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&req)))
	runtime.KeepAlive(&value)
	if errno != 0 {
		return errno
	}
	return nil
}
