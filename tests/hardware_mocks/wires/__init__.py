"""Ways to reach a simulated printer: USB (in process, over sockets, under the real libusb), pseudo-terminal, TCP."""
