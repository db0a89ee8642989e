package judge

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ethtoolValue is struct ethtool_value (include/uapi/linux/ethtool.h).
type ethtoolValue struct{ command, data uint32 }

const (
	ethtoolSetTSO = 0x1f // TCP segmentation offload
	ethtoolSetGSO = 0x24 // generic segmentation offload
)

// ifreqPointer is struct ifreq with the pointer member of its union.
type ifreqPointer struct {
	name [unix.IFNAMSIZ]byte
	data unsafe.Pointer
	_    [24 - unsafe.Sizeof(uintptr(0))]byte
}

// plain turns off the segmentation offload of an interface in the calling thread's
// namespace. Programs' data still travels in large packets as far as that interface.
func plain(iface string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for _, command := range []uint32{ethtoolSetTSO, ethtoolSetGSO} {
		value := ethtoolValue{command: command}
		r := ifreqPointer{data: unsafe.Pointer(&value)}
		copy(r.name[:unix.IFNAMSIZ-1], iface)
		_, _, number := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&r)))
		if runtime.KeepAlive(&value); number != 0 {
			return number
		}
	}
	return nil
}
