"""Ways to reach a simulated printer: USB (in process, over sockets, under the real libusb, by USB/IP), pseudo-terminal, TCP."""
